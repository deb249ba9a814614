import { createHmac } from 'node:crypto';

export interface Signed {
  readonly id: string;
  /** Seconds since 1970, of the attempt. */
  readonly timestamp: number;
  /** The exact bytes that are sent. */
  readonly body: Buffer;
}

/** The headers of Standard Webhooks 1.0. There is one signature for each secret, so a receiver may know either. */
export function signatureHeaders({ id, timestamp, body }: Signed, keys: readonly Buffer[]): Record<string, string> {
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}
