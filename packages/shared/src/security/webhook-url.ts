import { isIP } from 'node:net';
import { type Ranges, isPublicAddress } from './addresses';

const PUBLIC_PORTS: readonly number[] = [443, 8443];
const INNER_PORTS: readonly number[] = [80, 443];
const FIRST_UNPRIVILEGED_PORT = 1_024;
/** Names that only an inner network answers, or this machine. */
const INNER_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|svc|test|invalid|onion)$/;

/** Where a connection of a webhook would go. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Whether a webhook may connect there. What `allow` holds is inner by the operator's word: also by http. */
export function mayConnect({ address, port, secure }: Target, allow: Ranges): boolean {
  if (allow.has(address)) return INNER_PORTS.includes(port) || port >= FIRST_UNPRIVILEGED_PORT;
  return secure && PUBLIC_PORTS.includes(port) && isPublicAddress(address);
}

/** Host without brackets and the dot of the root. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'http:' ? 80 : 443);
export const isInnerName = (host: string): boolean => INNER_NAME.test(host);

/**
 * What is wrong with a webhook's URL, as far as the URL itself shows; undefined when nothing is. This only spares a
 * client the wait: what decides is the address at the time of the connection.
 */
export function webhookUrlFault(text: string, allow: Ranges): string | undefined {
  // The parser drops tabs, line feeds and outer blanks without a word.
  if (/ |[^\P{Cc}\x80-\x9F]/u.test(text) || !URL.canParse(text)) return 'must be an absolute URL';
  const url = new URL(text);
  return FAULTS.find(([, isFaulty]) => isFaulty(url, allow))?.[0];
}

const FAULTS: readonly (readonly [fault: string, isFaulty: (url: URL, allow: Ranges) => boolean])[] = [
  ['must be an https URL', ({ protocol }, allow) => protocol !== 'https:' && (protocol !== 'http:' || allow.isEmpty)],
  ['must not hold a user name or password', ({ username, password }) => username !== '' || password !== ''],
  ['must not hold a fragment', ({ hash, href }) => hash !== '' || href.endsWith('#')],
  ['must name a host', (url) => bareHost(url) === '' || bareHost(url).includes('..')],
  ['must not lead to an inner address', (url, allow) => leadsInside(bareHost(url), allow)],
  ['must use port 443 or 8443', (url, allow) => isPortRefused(url, allow)],
  [
    'must be an https URL',
    (url, allow) => url.protocol === 'http:' && isIP(bareHost(url)) !== 0 && !allow.has(bareHost(url)),
  ],
];

function leadsInside(host: string, allow: Ranges): boolean {
  if (isIP(host)) return !isPublicAddress(host) && !allow.has(host);
  // A name of an inner network may lead to a range that is allowed.
  return isInnerName(host) && allow.isEmpty;
}

function isPortRefused(url: URL, allow: Ranges): boolean {
  const port = portOf(url);
  if (PUBLIC_PORTS.includes(port)) return false;
  const mayBeInner = isIP(bareHost(url)) ? allow.has(bareHost(url)) : !allow.isEmpty;
  return !mayBeInner || !(INNER_PORTS.includes(port) || port >= FIRST_UNPRIVILEGED_PORT);
}
