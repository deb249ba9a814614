import JoiBase from 'joi';
import { MAX_MARKS, markRun } from '../text/marks';
import type { TypedJoi } from './schema';

/** Unicode code points of a string: what a reader would call its length, near enough, and what JSON Schema counts. */
export function codePoints(text: string): number {
  let surrogatePairs = 0;
  for (let i = 0; i < text.length; i += 1) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) surrogatePairs += 1;
  return text.length - surrogatePairs;
}

// C0 controls other than tab, CR and LF. Everything else is kept as it is.
const CONTROL = /[^\P{Cc}\t\n\r\x7F-\x9F]/u;

/** What Joi gives a rule's `method` and leaves out of its types. */
interface Rules {
  $_addRule(rule: string | { name: string; args: object }): JoiBase.StringSchema;
}

const grouped = (count: number): string => count.toLocaleString('en-US');

const rules = {
  maxCodePoints: {
    method(this: Rules, limit: number) {
      return this.$_addRule({ name: 'maxCodePoints', args: { limit } });
    },
    args: ['limit'],
    validate(value: string, helpers: JoiBase.CustomHelpers, { limit }: { limit: number }) {
      const found = value.length <= limit ? value.length : codePoints(value);
      if (found <= limit) return value;
      return helpers.error('string.maxCodePoints', { found: grouped(found), allowed: grouped(limit) });
    },
    jsonSchema(rule: { args: { limit: number } }, schema: Record<string, unknown>) {
      schema['maxLength'] = rule.args.limit;
      return schema;
    },
  },
  plain: {
    method(this: Rules) {
      return this.$_addRule('plain');
    },
    validate(value: string, helpers: JoiBase.CustomHelpers) {
      if (CONTROL.test(value)) return helpers.error('string.control');
      if (!value.isWellFormed()) return helpers.error('string.surrogate');
      const run = markRun(value);
      return run ? helpers.error('string.marks', { ...run }) : value;
    },
    jsonSchema(_rule: unknown, schema: Record<string, unknown>) {
      return schema;
    },
  },
};

/** Joi, with strings whose length is counted in code points. */
export const Joi = JoiBase.extend({
  type: 'string',
  base: JoiBase.string(),
  messages: {
    'string.maxCodePoints': 'has {#found} characters; at most {#allowed} are allowed',
    'string.control': 'contains a control character; only tab, CR and LF are allowed',
    'string.surrogate': 'contains half of a character (a lone surrogate)',
    'string.pattern.name': '{#name}',
    'string.marks': `has {#marks} combining marks in a row at offset {#start} (in UTF-16 code units); at most ${MAX_MARKS} are allowed`,
  },
  rules,
}) as TypedJoi;
