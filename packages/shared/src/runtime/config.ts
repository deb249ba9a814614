import { readFileSync, statSync } from 'node:fs';
import type Joi from 'joi';
import { type Json, listOf, objectOf } from './json';

/** Settings that cannot be used; the message names each key and never shows a value. Exit code 78 (EX_CONFIG). */
export class ConfigError extends Error {
  readonly exitCode = 78;
}

/** A strict Joi object whose keys are the names of settings. */
interface SettingsSchema<T> {
  validate(
    given: unknown,
    how: Joi.ValidationOptions,
  ): { error: undefined; value: T } | { error: Joi.ValidationError; value: unknown };
  describe(): Joi.Description;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads one service's settings: `schema` is a strict Joi object whose keys are the variables' names.
 * A key tagged `secret` is also read from the file that `NAME_FILE` names, without its final newline.
 * All bad keys are reported at once. Variables that the schema does not know are not ours and are ignored.
 */
export function readConfig<T>(schema: SettingsSchema<T>, environment: Environment): T {
  const { given, unreadable } = gather(schema, environment);
  const validated = schema.validate(given, {
    abortEarly: false,
    convert: true,
    errors: { label: false },
  });
  const broken = (validated.error?.details ?? []).map(({ path, message, type }) => {
    const rule = type === 'any.required' ? 'is not set' : message.replace(/^"[^"]*" /, '');
    return `${path.join('.')} ${rule}`;
  });
  const all = [...unreadable, ...broken];
  if (validated.error || all.length > 0) throw new ConfigError(`These settings cannot be used: ${all.join('; ')}.`);
  return validated.value;
}

/** What its schema says of each setting. */
const settingsOf = (schema: SettingsSchema<unknown>): Json => objectOf(schema.describe()['keys']);
const isSecret = (described: unknown): boolean =>
  listOf(objectOf(described)['metas']).some((meta) => objectOf(meta)['secret'] === true);

function gather(schema: SettingsSchema<unknown>, environment: Environment) {
  const given: Record<string, string> = {};
  const unreadable: string[] = [];
  for (const [key, described] of Object.entries(settingsOf(schema))) {
    const file = isSecret(described) ? environment[`${key}_FILE`] : undefined;
    try {
      const value = file ? readFileSync(file, 'utf8').replace(/\r?\n$/, '') : environment[key];
      if (value !== undefined && value !== '') given[key] = value;
    } catch {
      unreadable.push(`${key}_FILE cannot be read`);
    }
  }
  return { given, unreadable };
}

/** The settings of `config` that its schema does not call secret. */
export function withoutSecrets<T extends object>(schema: SettingsSchema<T>, config: T): Partial<T> {
  const settings = settingsOf(schema);
  const shown: Partial<T> = { ...config };
  for (const key in shown) if (isSecret(settings[key])) delete shown[key];
  return shown;
}

const OTHERS_MAY_READ = 0o044;

/** Names of secrets whose file others on this machine may read. What an orchestrator mounts below /run/secrets is its. */
export function readableSecrets(schema: SettingsSchema<unknown>, environment: Environment): string[] {
  return Object.entries(settingsOf(schema)).flatMap(([key, described]) => {
    const file = isSecret(described) ? environment[`${key}_FILE`] : undefined;
    if (!file || file.startsWith('/run/secrets/')) return [];
    return statSync(file).mode & OTHERS_MAY_READ ? [`${key}_FILE`] : [];
  });
}
