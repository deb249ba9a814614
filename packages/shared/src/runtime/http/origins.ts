/** The pages of other origins that may use a port. */
export type Origins =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'listed'; readonly origins: ReadonlySet<string> };

export const NO_ORIGINS: Origins = { kind: 'none' };

/** Reads a list of origins, or `*`. Throws what is wrong with it. */
export function parseOrigins(setting: string): Origins {
  const listed = setting.split(',').flatMap((part) => part.trim() || []);
  if (listed.length === 0) return NO_ORIGINS;
  if (listed.join() === '*') return { kind: 'any' };
  listed.forEach(checkOrigin);
  return { kind: 'listed', origins: new Set(listed) };
}

/** Whether a page of this origin may; `undefined` is a request that does not say where it comes from. */
export const isAllowedOrigin = (origin: string | undefined, allowed: Origins): boolean =>
  allowed.kind === 'any' || (allowed.kind === 'listed' && origin !== undefined && allowed.origins.has(origin));

/** A browser sends an origin in one form alone: any other would never match. */
function checkOrigin(origin: string): void {
  const exact = exactForm(origin);
  if (exact === origin) return;
  const form = exact ?? 'https://cards.example or http://localhost:3000, with commas between several, or * alone';
  throw new Error(`must be origins: instead of ${origin}, write ${form}`);
}

function exactForm(text: string): string | undefined {
  if (text.includes('*') || !URL.canParse(text)) return undefined;
  const { protocol, origin } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
