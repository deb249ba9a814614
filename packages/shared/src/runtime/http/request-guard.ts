import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { NO_ORIGINS, type Origins, isAllowedOrigin } from './origins';

/**
 * Keeps web pages out of ports that trust every caller. A page of any site can send requests to this machine. With a
 * name of its own that leads here (DNS rebinding), it can also read the answers.
 */

/** The names of hosts that a port answers to. */
export type Hosts =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'named';
      readonly names: ReadonlySet<string>;
      /** Also to any IP address: under an address, a browser shows only the pages of that address. */
      readonly addresses: boolean;
    };

export interface Refusal {
  readonly status: 421 | 403;
  readonly code: 'misdirected' | 'forbidden';
  readonly detail: string;
}

interface RequestHead {
  readonly method?: string | undefined;
  readonly headers: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'sec-fetch-site'>;
}

/** Whether a server that listens there is reached from this machine alone. */
export const isLoopbackAddress = (address: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(address);

export const ANY_HOST: Hosts = { kind: 'any' };

/** Those of loopback, and the allowed ones. */
export const namedHosts = (allowed: string, addresses = false): Hosts => ({
  kind: 'named',
  addresses,
  names: new Set(
    allowed
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
});

/**
 * Of a port without keys: who reaches it from elsewhere came by a network that somebody opened. A trial in a container
 * listens for its network, and is published on the loopback of a machine with a browser.
 */
export function hostsOf(address: string, allowed: string, isTrial = false): Hosts {
  if (isLoopbackAddress(address)) return namedHosts(allowed);
  return isTrial ? namedHosts(allowed, true) : ANY_HOST;
}

/** Why a request is not answered, whatever it asks; undefined where it is. Pages of `origins` may do all that others may. */
export function refusalOf(
  { method = '', headers }: RequestHead,
  hosts: Hosts,
  origins: Origins = NO_ORIGINS,
): Refusal | undefined {
  if (!isOfHosts(headers.host, hosts)) return misdirected(headers.host);
  if (READING.has(method) || isAllowedOrigin(headers.origin, origins)) return undefined;
  const page = foreignPage(headers);
  return page === undefined ? undefined : forbidden(page);
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const HOST = /^(\[[0-9a-f:.]+\]|[^\s:[\]/@]+)(?::\d{1,5})?$/i;
const LOOPBACK_NAME = /(^|\.)localhost$|^127(\.\d{1,3}){3}$|^\[::1\]$/;

function isOfHosts(host: string | undefined, hosts: Hosts): boolean {
  if (hosts.kind === 'any') return true;
  const name = HOST.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return LOOPBACK_NAME.test(name) || hosts.names.has(name) || (hosts.addresses && isAddress(name));
}

const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, '')) !== 0;

/** Which header says that a page of another origin sent this. A client that is no browser sends neither. */
function foreignPage({ host, origin, 'sec-fetch-site': site }: RequestHead['headers']): string | undefined {
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? undefined : `Sec-Fetch-Site: ${site}`;
  if (origin === undefined || isOrigin(origin, host)) return undefined;
  return `Origin: ${origin}`;
}

const ORIGIN = /^(https?):\/\/([^\s/?#@]+)$/;
const USUAL_PORT: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** Whether a page of `origin` is one of this host. Not by a parser of URLs, which normalises what it is given. */
function isOrigin(origin: string, host = ''): boolean {
  const [, scheme = '', itsHost] = ORIGIN.exec(origin.toLowerCase()) ?? [];
  const port = USUAL_PORT[scheme] ?? '';
  const bare = (name: string): string => (port && name.endsWith(port) ? name.slice(0, -port.length) : name);
  return itsHost !== undefined && bare(itsHost) === bare(host.toLowerCase());
}

const shown = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

const misdirected = (host: string | undefined): Refusal => ({
  status: 421,
  code: 'misdirected',
  detail: `${host ? `Host is ${shown(host)}` : 'Host is missing'}. Here it must be localhost, a loopback address or a name in ALLOWED_HOSTS.`,
});

const forbidden = (page: string): Refusal => ({
  status: 403,
  code: 'forbidden',
  detail: `A page of another origin sent this request (${shown(page)}). It may only read: use a page of this origin or of one in CORS_ORIGINS, or another client.`,
});
