/** A JSON Schema as Joi writes it; only what is shown is named. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly $ref?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Text as HTML, with `code` in it. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/`([^`]+)`/g, '<code>$1</code>');

/** The fields of a schema as a list within a list; deeper than this nobody reads. */
const MAX_DEPTH = 6;

export function schemaHtml(schema: Schema, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  const inner = schema.items ?? schema;
  const options = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  if (!inner.properties) return options.map((option) => schemaHtml(option, depth + 1)).join('');
  const rows = Object.entries(inner.properties).map(([name, field]) => {
    const required = inner.required?.includes(name) ? ' <b>required</b>' : '';
    return `<li><code>${escaped(name)}</code> <i>${kindHtml(field)}</i>${required} ${noteOf(field)}${schemaHtml(field, depth + 1)}</li>`;
  });
  return `<ul class="fields">${rows.join('')}</ul>`;
}

/** `integer`, `string | null`, `array of string`; a named schema is a link to it. */
export function kindHtml(schema: Schema): string {
  const name = nameOf(schema);
  if (name) return `<a href="#${name}">${name}</a>`;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindHtml))].join(' | ');
  if (schema.items) return `array of ${kindHtml(schema.items)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type;
  return escaped(String(type ?? (schema.enum ? 'string' : 'any')));
}

/** The name that a schema refers to. */
export const nameOf = ({ $ref }: Schema): string | undefined => $ref?.split('/').at(-1);

/** What a field may be, in words. */
export function noteOf(schema: Schema): string {
  const values = schema.enum ?? schema.items?.enum;
  const usual = schema.default;
  return [
    schema.description ? escaped(schema.description) : '',
    values ? `One of ${values.map((value) => `<code>${escaped(JSON.stringify(value))}</code>`).join(', ')}.` : '',
    rangeOf(schema.minimum, schema.maximum, ''),
    rangeOf(schema.minLength, schema.maxLength, ' characters'),
    rangeOf(schema.minItems, schema.maxItems, ' items'),
    usual === undefined ? '' : `Default <code>${escaped(JSON.stringify(usual))}</code>.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function rangeOf(min: number | undefined, max: number | undefined, unit: string): string {
  if (max !== undefined && max < Number.MAX_SAFE_INTEGER) return `${min ?? 0} to ${max}${unit}.`;
  return min ? `At least ${min}${unit}.` : '';
}
