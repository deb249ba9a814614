import fs from 'node:fs';
import { type Logger, type LoggerSettings, createLimitedLog, createLogger, errorFields } from './logger';

/** What the process would write to standard output, call by call. */
let written: string[] = [];
let write: jest.SpyInstance;
beforeEach(() => {
  written = [];
  write = jest.spyOn(fs, 'writeSync').mockImplementation((_file, text) => {
    written.push(String(text));
    return 0;
  });
});
afterEach(() => {
  write.mockRestore();
  jest.useRealTimers();
});

const logger = (more: Partial<LoggerSettings> = {}): Logger => createLogger({ level: 'info', service: 'api', ...more });
const lines = (): Record<string, unknown>[] =>
  written
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line says when, how grave, what happened and where, and then its fields', () => {
  const log = logger({ region: 'eu' });
  log.info('job.completed', { job_id: 'j-1', duration_ms: 5 });
  log.flush();
  const [line] = lines();
  expect(line).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'info',
    event: 'job.completed',
    service: 'api',
    region: 'eu',
    job_id: 'j-1',
    duration_ms: 5,
  });
  expect(write).toHaveBeenCalledWith(1, expect.any(String));
});

test('without a region no line has one', () => {
  const log = logger();
  log.warn('a.warned');
  log.flush();
  expect(lines()).toMatchObject([{ level: 'warn', event: 'a.warned' }]);
  expect(lines()[0]).not.toHaveProperty('region');
});

test('only what is grave enough is written', () => {
  const log = logger({ level: 'warn' });
  log.debug('a.debugged');
  log.info('a.logged');
  log.warn('a.warned');
  log.error('a.failed');
  log.flush();
  expect(lines().map(({ level }) => level)).toEqual(['warn', 'error']);
  const all = logger({ level: 'debug' });
  all.debug('b.debugged');
  all.flush();
  expect(lines().at(-1)).toMatchObject({ level: 'debug', event: 'b.debugged' });
});

test('whatever a field holds, one event is one line, and nothing in it turns a line around', () => {
  const log = logger();
  log.info('job.submitted', {
    forged: 'a\n{"event":"forged"}\r\u001b[31m',
    turned: '\u2028\u2029\u202a\u202e\u2066\u2069',
  });
  log.flush();
  expect(written.join('').split('\n')).toHaveLength(2);
  expect(written.join('')).toContain('\\u2028\\u2029\\u202a\\u202e\\u2066\\u2069');
  expect(written.join('')).not.toMatch(/[^\P{Cc}\n\x7F-\x9F]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  expect(lines()[0]).toMatchObject({ turned: '\u2028\u2029\u202a\u202e\u2066\u2069' });
});

test('lines are written together after a moment, and nothing is written twice', () => {
  jest.useFakeTimers();
  const log = logger();
  log.info('a.one');
  log.info('a.two');
  jest.advanceTimersByTime(19);
  expect(written).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(written).toHaveLength(1);
  expect(lines().map(({ event }) => event)).toEqual(['a.one', 'a.two']);
  jest.advanceTimersByTime(100);
  log.flush();
  expect(written).toHaveLength(1);
  log.info('a.three');
  jest.advanceTimersByTime(20);
  expect(written).toHaveLength(2);
});

test('an error is written at once, with what was held back before it', () => {
  jest.useFakeTimers();
  const log = logger();
  log.info('a.one');
  log.error('a.failed');
  expect(lines().map(({ event }) => event)).toEqual(['a.one', 'a.failed']);
});

test('no more than 16 kB are held back', () => {
  jest.useFakeTimers();
  const log = logger();
  for (let i = 0; i < 20; i += 1) log.info('a.large', { filler: 'x'.repeat(1_000) });
  expect(written).toHaveLength(1);
  expect(written.join('').length).toBeGreaterThan(16_384);
  expect(written.join('').length).toBeLessThan(18_000);
});

test('a full pipe costs no line', () => {
  const sent: string[] = [];
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => sent.push(String(text)) > 0);
  write.mockImplementation(() => {
    throw Object.assign(new Error('full'), { code: 'EAGAIN' });
  });
  logger().error('a.failed');
  expect(sent.join('')).toContain('a.failed');
  write.mockImplementation(() => {
    throw Object.assign(new Error('closed'), { code: 'EPIPE' });
  });
  logger().error('b.failed');
  stdout.mockRestore();
  expect(sent.join('')).not.toContain('b.failed');
});

describe('of an error is logged', () => {
  test('its name, message and code, and nothing that hangs on it', () => {
    const secret = 'Bearer sk-or-secret';
    const error = Object.assign(new Error('Request failed'), { code: 'ERR_BAD_REQUEST', config: { headers: { Authorization: secret } }, request: secret, response: { data: secret } });
    error.name = 'AxiosError';
    expect(errorFields(error)).toEqual({ error_name: 'AxiosError', error_message: 'Request failed', error_code: 'ERR_BAD_REQUEST' });
    expect(errorFields(new Error('plain'))).toEqual({ error_name: 'Error', error_message: 'plain' });
  }); // prettier-ignore

  test('300 characters of its message at most', () => {
    expect(errorFields(new Error('x'.repeat(1_000)))).toMatchObject({ error_message: 'x'.repeat(300) });
  });

  test.each(['TypeError', 'RangeError', 'ReferenceError', 'AssertionError'])(
    'the place too when it is a %s',
    (name) => {
      const error = Object.assign(new Error('ours'), { name });
      expect(errorFields(error)).toMatchObject({ error_name: name, error_stack: error.stack });
    },
  );

  test('nothing but its type when it is none', () => {
    expect(errorFields('a secret text')).toEqual({ error_name: 'string' });
    expect(errorFields(undefined)).toEqual({ error_name: 'undefined' });
    expect(errorFields({ message: 'a secret text' })).toEqual({ error_name: 'object' });
  });
});

describe('an outage that says the same again and again', () => {
  test('is one line a second for each kind, with how many were left out', () => {
    jest.useFakeTimers();
    const logged: [string, object][] = [];
    const log = createLimitedLog((event, fields = {}) => logged.push([event, fields]));
    log('redis.failed', 'refused', { try: 1 });
    log('redis.failed', 'refused', { try: 2 });
    log('redis.failed', 'reset');
    jest.advanceTimersByTime(999);
    log('redis.failed', 'refused', { try: 3 });
    jest.advanceTimersByTime(1);
    log('redis.failed', 'refused', { try: 4 });
    jest.advanceTimersByTime(1_000);
    log('redis.failed', 'refused', { try: 5 });
    expect(logged).toEqual([
      ['redis.failed', { try: 1 }],
      ['redis.failed', {}],
      ['redis.failed', { try: 4, left_out: 2 }],
      ['redis.failed', { try: 5 }],
    ]);
  });

  test('in a hundred kinds is still bounded', () => {
    jest.useFakeTimers();
    const logged: string[] = [];
    const log = createLimitedLog((event) => logged.push(event));
    for (let i = 0; i < 100; i += 1) log('a.failed', `kind ${i}`);
    log('a.failed', 'kind 0');
    expect(logged).toHaveLength(100);
    log('a.failed', 'one more');
    log('a.failed', 'kind 0');
    expect(logged).toHaveLength(102);
  });
});
