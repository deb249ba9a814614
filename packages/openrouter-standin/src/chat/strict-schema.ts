import { isObject } from './chat-request';

/** Where the strict subset of JSON Schema is left, as OpenAI words it; null when it is kept. */
export function schemaFlaw(schema: unknown, context: readonly string[] = []): string | null {
  if (!isObject(schema)) return null;
  const where = `In context=(${context.map((part) => `'${part}'`).join(', ')}), `;
  if (isObject(schema['properties'])) {
    if (schema['additionalProperties'] !== false)
      return `${where}'additionalProperties' is required to be supplied and to be false.`;
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const missing = Object.keys(schema['properties']).find((name) => !required.includes(name));
    if (missing !== undefined)
      return `${where}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  return flawBelow(schema, context);
}

function flawBelow(schema: Record<string, unknown>, context: readonly string[]): string | null {
  for (const holder of ['properties', '$defs']) {
    const held = schema[holder];
    if (!isObject(held)) continue;
    for (const [name, inner] of Object.entries(held)) {
      const flaw = schemaFlaw(inner, [...context, holder, name]);
      if (flaw !== null) return flaw;
    }
  }
  for (const inner of Array.isArray(schema['anyOf']) ? schema['anyOf'] : []) {
    const flaw = schemaFlaw(inner, context);
    if (flaw !== null) return flaw;
  }
  return schemaFlaw(schema['items'], [...context, 'items']);
}
