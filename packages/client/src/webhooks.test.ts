import { createHmac } from 'node:crypto';
import { WebhookVerificationError, verifyWebhook } from './webhooks';

// Signed as Standard Webhooks says: HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`.
const SECRET = 'whsec_MfKQ9r8GKYqTwUPD8ILPZIo2LaLaSw';
const PAYLOAD = '{"test": 2432232314}';
const HEADERS = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,ycrBnQSdMfrPtr3c829tMkKNLs7sG4EUsl1WMhToQic=',
};
const at = { now: 1_614_265_330_000 };

test('a webhook signed as Standard Webhooks says is taken, whatever its headers and body come as', async () => {
  const event = { test: 2432232314 };
  expect(await verifyWebhook(PAYLOAD, HEADERS, SECRET, at)).toEqual(event);
  const bytes = new TextEncoder().encode(PAYLOAD);
  expect(await verifyWebhook(bytes, new Headers(HEADERS), SECRET, at)).toEqual(event);
  const shouting = Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name.toUpperCase(), [value]]));
  expect(await verifyWebhook(PAYLOAD, shouting, SECRET, at)).toEqual(event);
});

test('while a secret is replaced, both the old and the new one are good', async () => {
  const old = 'whsec_b2xkIHNlY3JldCBvZiBsYXN0IHdlZWs=';
  const wrong = `v1,${createHmac('sha256', 'another').update('x').digest('base64')}`;
  const headers = { ...HEADERS, 'webhook-signature': `v1a,AAAA ${wrong} ${HEADERS['webhook-signature']}` };
  expect(await verifyWebhook(PAYLOAD, headers, [old, SECRET], at)).toEqual({ test: 2432232314 });
});

test.each([
  ['a changed body', PAYLOAD.replace('2', '3'), HEADERS, SECRET, at],
  ['another secret', PAYLOAD, HEADERS, 'whsec_b2xkIHNlY3JldCBvZiBsYXN0IHdlZWs=', at],
  ['a message of ten minutes ago', PAYLOAD, HEADERS, SECRET, { now: at.now + 600_000 }],
  ['a message from the future', PAYLOAD, HEADERS, SECRET, { now: at.now - 600_000 }],
  ['a timestamp that was moved', PAYLOAD, { ...HEADERS, 'webhook-timestamp': '1614265331' }, SECRET, at],
  ['a message without a signature', PAYLOAD, { ...HEADERS, 'webhook-signature': undefined }, SECRET, at],
  ['a signature that is no Base64', PAYLOAD, { ...HEADERS, 'webhook-signature': 'v1,***' }, SECRET, at],
  ['a timestamp that is no number', PAYLOAD, { ...HEADERS, 'webhook-timestamp': 'soon' }, SECRET, at],
])('%s is refused', async (_what, payload, headers, secret, options) => {
  await expect(verifyWebhook(payload, headers, secret, options)).rejects.toThrow(WebhookVerificationError);
});

test('limits that are undefined are the usual ones', async () => {
  const verified = verifyWebhook(PAYLOAD, HEADERS, SECRET, { toleranceSeconds: undefined, now: undefined });
  await expect(verified).rejects.toThrow('webhook-timestamp is too far from now.');
});

test('a secret that is none is the receiver’s mistake, and is said to be', async () => {
  await expect(verifyWebhook(PAYLOAD, HEADERS, 'whsec_', at)).rejects.toThrow(TypeError);
});

test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('a message without its %s is said to lack one', async (name) => {
  const { [name]: _left, ...rest } = HEADERS as Record<string, string>;
  for (const headers of [rest, { ...rest, [name]: '' }, { ...rest, [name]: [] }, new Headers(rest)]) {
    const verifying = verifyWebhook(PAYLOAD, headers, SECRET, at);
    await expect(verifying).rejects.toThrow(new WebhookVerificationError('A header is missing: webhook-id, webhook-timestamp and webhook-signature are needed.'));
  }
}); // prettier-ignore

const timestamped = (timestamp: string) => {
  const key = Buffer.from('MfKQ9r8GKYqTwUPD8ILPZIo2LaLaSw', 'base64');
  const id = HEADERS['webhook-id'];
  const signature = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${PAYLOAD}`).digest('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
};

test.each(['soon', '1614265330x', 'x1614265330', ' 1614265330', '1614265330.5', '0001614265330', '1e9'])(
  'a timestamp is not %j, however well it is signed',
  async (timestamp) => {
    const verifying = verifyWebhook(PAYLOAD, timestamped(timestamp), SECRET, at);
    await expect(verifying).rejects.toThrow(new WebhookVerificationError('webhook-timestamp is not a number.'));
  },
);

test('five minutes are let pass to either side and not a second more, or as many as the receiver says', async () => {
  const late = new WebhookVerificationError(
    'webhook-timestamp is too far from now. The message is old, or a clock is wrong.',
  );
  const verify = (seconds: number, toleranceSeconds?: number) =>
    verifyWebhook(PAYLOAD, HEADERS, SECRET, {
      now: at.now + seconds * 1_000,
      ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
    });
  for (const seconds of [300, -300]) await expect(verify(seconds)).resolves.toEqual({ test: 2432232314 });
  for (const seconds of [301, -301]) await expect(verify(seconds)).rejects.toThrow(late);
  await expect(verify(10, 10)).resolves.toBeDefined();
  await expect(verify(11, 10)).rejects.toThrow(late);
  await expect(verifyWebhook(PAYLOAD, HEADERS, SECRET)).rejects.toThrow(late); // without a clock it is today
});

test('what does not fit is told apart from what is missing, and has a name of its own', async () => {
  const verifying = verifyWebhook(`${PAYLOAD} `, HEADERS, SECRET, at);
  await expect(verifying).rejects.toMatchObject({
    name: 'WebhookVerificationError',
    message: 'No signature matches. The secret is wrong, or the body was changed.',
  });
  await expect(verifyWebhook(PAYLOAD, HEADERS, [], at)).rejects.toThrow('No signature matches');
});

test('a secret may come without its prefix, and the prefix counts at its beginning alone', async () => {
  expect(await verifyWebhook(PAYLOAD, HEADERS, SECRET.slice(6), at)).toEqual({ test: 2432232314 });
  const moved = `AAAA${SECRET}`;
  await expect(verifyWebhook(PAYLOAD, HEADERS, moved, at)).rejects.toThrow(
    'The secret is not valid: it must be whsec_ and Base64.',
  );
});
