const PREFIX = 'whsec_';
const [LEAST_BYTES, MAX_BYTES] = [24, 64];

const withoutPadding = (base64: string): string => base64.replace(/(?<!=)=+$/, '');

/** The key in a Standard Webhooks secret: `whsec_` and the base64 of 24 to 64 bytes. Throws on what is none. */
export function secretKey(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(encoded, 'base64');
  const isCanonical = withoutPadding(key.toString('base64')) === withoutPadding(encoded);
  if (!isCanonical || key.length < LEAST_BYTES || key.length > MAX_BYTES) {
    throw new Error(`must be ${PREFIX} and the base64 of ${LEAST_BYTES} to ${MAX_BYTES} bytes`);
  }
  return key;
}
