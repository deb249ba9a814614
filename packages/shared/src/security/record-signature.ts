import { createHmac, hkdfSync } from 'node:crypto';

/** The fields of an API key in Redis that say whom it lets in, to what, and until when. */
const SIGNED_FIELDS = ['tenant', 'name', 'scopes', 'created', 'expires', 'rotated_to', 'hash'] as const;
/** As Redis has them; empty where there is none. */
export type KeyFields = Readonly<Record<(typeof SIGNED_FIELDS)[number], string>>;

export type RecordSigner = ReturnType<typeof createRecordSigner>;

/**
 * Signs what Redis keeps of keys and limits. The signing key follows from the pepper, which Redis does not have. So write
 * access to Redis makes no key an operator's, and moves none to another tenant.
 */
export function createRecordSigner(pepper: string) {
  const key = Buffer.from(hkdfSync('sha256', pepper, '', 'flashcards: records in Redis', 32));
  // As JSON, so that no part can pass for the end of the one before.
  const sign = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return {
    ofKey: (id: string, fields: KeyFields): string => sign('key', id, ...SIGNED_FIELDS.map((name) => fields[name])),
    ofLimits: (tenant: string, limits: string): string => sign('limits', tenant, limits),
    /** Says that every record has a signature, so that one without is a forgery. */
    ofAll: (): string => sign('all records are signed'),
  };
}
