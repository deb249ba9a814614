/** The version of the product: what the OpenAPI document, the metrics and the images say. */
export const VERSION = '0.1.0';
