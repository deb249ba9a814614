import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { secretKey } from '@flashcards/shared/security/webhook-secret';
import { signatureHeaders } from './sign';

const OLD = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
const BODY = '{"type":"job.completed","data":{"title":"光合作用 👩‍🔬"}}';
const now = (): number => Math.floor(Date.now() / 1_000);
const signed = (secrets: string[], timestamp = now()) =>
  signatureHeaders({ id: 'job_5', timestamp, body: Buffer.from(BODY) }, secrets.map(secretKey));

test('a receiver with the standard library verifies what is sent', () => {
  expect(new Webhook(OLD).verify(BODY, signed([OLD]))).toEqual(JSON.parse(BODY));
  expect(new Webhook(NEW).verify(BODY, signed([NEW]))).toEqual(JSON.parse(BODY));
});

test('the signature is the one that the standard publishes', () => {
  const body = Buffer.from('{"test": 2432232314}');
  const key = secretKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const headers = signatureHeaders({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body }, [key]);
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('while a secret is rotated, who knows the old or the new one verifies', () => {
  const headers = signed([NEW, OLD]);
  for (const secret of [OLD, NEW]) expect(() => new Webhook(secret).verify(BODY, headers)).not.toThrow();
});

test.each([
  ['another byte', () => new Webhook(OLD).verify(BODY.replace('光', '火'), signed([OLD]))],
  ['another id', () => new Webhook(OLD).verify(BODY, { ...signed([OLD]), 'webhook-id': 'job_6' })],
  ['another secret', () => new Webhook(NEW).verify(BODY, signed([OLD]))],
  ['a time of five minutes ago', () => new Webhook(OLD).verify(BODY, signed([OLD], now() - 301))],
  ['a time in five minutes', () => new Webhook(OLD).verify(BODY, signed([OLD], now() + 302))],
])('%s does not verify', (_what, verify) => expect(verify).toThrow(WebhookVerificationError));

test.each([
  '',
  'whsec_',
  'whsec_dG9vIHNob3J0',
  `whsec_${Buffer.alloc(65).toString('base64')}`,
  OLD.slice(6),
  `${OLD}!`,
  'whsec_****',
])('a secret is not %j', (secret) => expect(() => secretKey(secret)).toThrow());
