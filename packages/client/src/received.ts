/** What the API wrote as JSON. The types are made from the API's own schemas, so the client does not check it again. */
export const received = <T>(json: string): T => JSON.parse(json) as T;
