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

test('a secret that is none is the receiver’s mistake, and is said to be', async () => {
  await expect(verifyWebhook(PAYLOAD, HEADERS, 'whsec_', at)).rejects.toThrow(TypeError);
});
