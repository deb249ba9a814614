import JoiBase from 'joi';
import { MAX_MARKS, markRun } from '../text/marks';

/** Unicode code points of a string: what a reader would call its length, near enough, and what JSON Schema counts. */
export function codePoints(text: string): number {
  let surrogatePairs = 0;
  for (let i = 0; i < text.length; i += 1) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) surrogatePairs += 1;
  return text.length - surrogatePairs;
}

// C0 controls other than tab, CR and LF. Everything else is kept as it is.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/;

export interface CodePointString extends JoiBase.StringSchema {
  /** At most `limit` Unicode code points; exported as JSON Schema's `maxLength`, which counts the same. */
  maxCodePoints(limit: number): this;
  /** No C0 control but tab, CR and LF, no lone surrogate, and no run of marks: every text of a client is held to it. */
  plain(): this;
}

/** What Joi gives a rule's `method` and leaves out of its types. */
interface Rules {
  $_addRule(rule: string | { name: string; args: object }): JoiBase.StringSchema;
}

interface TextJoi extends Omit<JoiBase.Root, 'string'> {
  string(): CodePointString;
}

/** Joi, with strings whose length is counted in code points. */
export const Joi = JoiBase.extend({
  type: 'string',
  base: JoiBase.string(),
  messages: {
    'string.maxCodePoints': 'must be at most {#limit} characters (Unicode code points) long',
    'string.control': 'must not contain control characters other than tab, CR and LF',
    'string.surrogate': 'must not contain a lone surrogate',
    'string.marks': `has {#marks} combining marks in a row at offset {#start} (in UTF-16 code units); at most ${MAX_MARKS} are allowed`,
  },
  rules: {
    maxCodePoints: {
      method(this: Rules, limit: number) {
        return this.$_addRule({ name: 'maxCodePoints', args: { limit } });
      },
      args: ['limit'],
      validate(value: string, helpers: JoiBase.CustomHelpers, { limit }: { limit: number }) {
        if (value.length <= limit || codePoints(value) <= limit) return value;
        return helpers.error('string.maxCodePoints', { limit });
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
  },
} as unknown as JoiBase.Extension) as TextJoi;
