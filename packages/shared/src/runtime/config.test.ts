import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Joi from 'joi';
import { ConfigError, readConfig } from './config';

const schema = Joi.object<{ PORT: number; KEY: string }>({
  PORT: Joi.number().integer().default(8000),
  KEY: Joi.string().required().meta({ secret: true }),
});

test('a secret is read from the file that is named, without its final newline', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'key');
  writeFileSync(file, 'hush\n');
  expect(readConfig(schema, { KEY_FILE: file })).toEqual({ PORT: 8000, KEY: 'hush' });
});

test('all settings that cannot be used are named at once, and no value is shown', () => {
  const read = (): unknown => readConfig(schema, { PORT: 'canary' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PORT.*KEY is not set/);
  expect(read).not.toThrow(/canary/);
});

test('a file that cannot be read is named by its setting', () => {
  expect((): unknown => readConfig(schema, { KEY_FILE: '/nowhere/canary' })).toThrow(/KEY_FILE cannot be read/);
  expect((): unknown => readConfig(schema, { KEY_FILE: '/nowhere/canary' })).not.toThrow(/nowhere/);
});
