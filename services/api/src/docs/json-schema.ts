import type { AnySchema } from '@flashcards/shared/contract/schema';

/** An object of a JSON tree. */
export type JsonNode = Readonly<Record<string, unknown>>;

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const isNode = (value: unknown): value is JsonNode =>
  typeof value === 'object' && value !== null && !isList(value);

/** A JSON tree with other objects in place of those that `change` changes, the outer ones first. */
export function mapped(node: JsonNode, change: (node: JsonNode) => JsonNode | undefined): JsonNode {
  const inner = (value: unknown): unknown => {
    if (isList(value)) return value.map(inner);
    return isNode(value) ? mapped(value, change) : value;
  };
  return change(node) ?? Object.fromEntries(Object.entries(node).map(([name, value]) => [name, inner(value)]));
}

/** JSON Schema of what a Joi schema takes. Objects are closed: a request with an unknown field is refused. */
export const jsonSchema = (schema: AnySchema): JsonNode =>
  plainer(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));

/** JSON Schema of what the service sends. Objects are open: a client that validates accepts fields that come later. */
export const openJsonSchema = (schema: AnySchema): JsonNode => opened(jsonSchema(schema));

function opened(schema: JsonNode): JsonNode {
  const { additionalProperties, ...node } = mapped(schema, (inner) => (inner === schema ? undefined : opened(inner)));
  return additionalProperties === false || additionalProperties === undefined
    ? node
    : { ...node, additionalProperties };
}

/**
 * Adds what Joi's export leaves out, or says in a way that few generators read. These are null among the values of an
 * enum, and one schema for all fields of a map.
 */
function plainer(schema: JsonNode): JsonNode {
  const { patternProperties, ...node } = mapped(schema, (inner) => (inner === schema ? undefined : plainer(inner)));
  const { enum: values, type } = node;
  const nullable = isList(values) && isList(type) && type.includes('null') && !values.includes(null);
  const any = isNode(patternProperties) ? patternProperties['.*'] : undefined;
  return {
    ...node,
    ...(nullable ? { enum: [...values, null] } : {}),
    ...(any === undefined ? {} : { additionalProperties: any }),
    ...(any === undefined && patternProperties !== undefined ? { patternProperties } : {}),
  };
}
