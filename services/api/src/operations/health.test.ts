import { type HealthParts, type HealthState, createHealth } from './health';

const QUEUE = { waiting: 0, running: 2, workers: 2, slots: 40, oldestWaitMs: 0, serviceMs: 900 };
const WELL: HealthParts = {
  redis: () => Promise.resolve({ memoryShare: 0.2, aofOk: true, writable: true }),
  maxMemoryShare: 0.7,
  queue: () => Promise.resolve(QUEUE),
  disk: () => Promise.resolve(0.5),
  memory: () => 0.5,
  modelProbe: () => Promise.resolve({ status: 'healthy', reason: 'ok', ageSeconds: 20 }),
};
const redis = (memoryShare: number, aofOk: boolean, writable = true): Partial<HealthParts> => ({
  redis: () => Promise.resolve({ memoryShare, aofOk, writable }),
});
const queue = (more: Partial<typeof QUEUE>): Partial<HealthParts> => ({
  queue: () => Promise.resolve({ ...QUEUE, ...more }),
});
const probe = (status: HealthState, reason: string, ageSeconds = 20): Partial<HealthParts> => ({
  modelProbe: () => Promise.resolve({ status, reason, ageSeconds }),
});

const CASES: readonly (readonly [string, Partial<HealthParts>, string, HealthState])[] = [
  ['Redis does not answer', { redis: () => Promise.reject(new Error('away')) }, 'redis', 'unhealthy'],
  ['Redis cannot write its file', redis(0.2, false), 'redis', 'unhealthy'],
  ['Redis is no primary', redis(0.2, true, false), 'redis', 'unhealthy'],
  ['Redis refuses submits for its memory', redis(0.71, true), 'redis', 'degraded'],
  ['jobs wait and nobody runs them', queue({ workers: 0, waiting: 3 }), 'queue', 'unhealthy'],
  ['no worker is there and nothing waits', queue({ workers: 0, running: 0 }), 'queue', 'degraded'],
  ['the line does not move', queue({ waiting: 9, oldestWaitMs: 60_001 }), 'queue', 'degraded'],
  ['the key is refused', probe('unhealthy', 'http_401'), 'openrouter', 'unhealthy'],
  ['the model is in trouble', probe('degraded', 'http_503'), 'openrouter', 'degraded'],
  ['no worker has asked for three minutes', probe('healthy', 'ok', 181), 'openrouter', 'degraded'],
  ['a tenth of the disk is not free', { disk: () => Promise.resolve(0.09) }, 'disk', 'degraded'],
  ['the disk is full', { disk: () => Promise.resolve(0.01) }, 'disk', 'unhealthy'],
  ['the limit of the container is near', { memory: () => 0.09 }, 'memory', 'degraded'],
  ['no worker ever asked', { modelProbe: () => Promise.resolve(null) }, 'openrouter', 'degraded'],
];

test('a deployment that is well says so of each part', async () => {
  const { status, reason, checks } = await createHealth(WELL).check();
  expect([status, reason]).toEqual(['healthy', 'all is well']);
  expect(Object.keys(checks)).toEqual(['redis', 'openrouter', 'queue', 'disk', 'memory']);
});

test.each(CASES)('%s: the part is named, and degraded is told from unhealthy', async (_name, broken, part, state) => {
  const { status, reason, checks } = await createHealth({ ...WELL, ...broken }).check();
  expect(checks[part]?.status).toBe(state);
  expect(status).toBe(state);
  expect(reason).toMatch(new RegExp(`^${part} `));
});

test('the worst part decides', async () => {
  const { status, reason } = await createHealth({ ...WELL, ...redis(0.71, true), ...queue({ workers: 0 }) }).check();
  expect(status).toBe('unhealthy');
  expect(reason).toContain('; ');
});
