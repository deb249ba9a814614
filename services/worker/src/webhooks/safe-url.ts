// Own code: it guards inner networks by the ranges and ports that the operator allows, and it is short enough to be read whole.

import http from 'node:http';
import https from 'node:https';
import { type LookupFunction, Socket, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Ranges } from '@flashcards/shared/security/addresses';
import { mayConnect } from '@flashcards/shared/security/webhook-url';
import type { Resolve } from './resolve';

/** Codes of errors that this guard ends a connection with. */
export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';
export const NAME_NOT_FOUND = 'NAME_NOT_FOUND';

const refusal = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

interface ConnectOptions {
  host?: string | null;
  port?: number | string | null;
  lookup?: LookupFunction;
  autoSelectFamily?: boolean;
}
type Done = (error: Error | null, stream: Duplex) => void;
type Open = (options: ConnectOptions, done?: Done) => Duplex | null | undefined;

/** Whether a connection may go to this address. */
type Permits = (address: string, port: number) => boolean;

/** Families that Node may ask for; any other value means all. */
const FAMILIES: Readonly<Record<string, number>> = { 4: 4, IPv4: 4, 6: 6, IPv6: 6 };

/**
 * One lookup a connection. The addresses that are judged are those that are connected to, so they cannot change in
 * between.
 */
export const guardedLookup =
  (resolve: Resolve, port: number, permits: Permits): LookupFunction =>
  (name, options, callback) => {
    const wanted = FAMILIES[String(options.family)];
    const answer = (addresses: string[]): void => {
      if (addresses.length === 0) return callback(refusal(NAME_NOT_FOUND), []);
      const open = addresses
        .filter((address) => permits(address, port))
        .map((address) => ({ address, family: isIP(address) }))
        .filter(({ family }) => wanted === undefined || family === wanted);
      const first = open[0];
      if (!first) return callback(refusal(ADDRESS_REFUSED), []);
      if (options.all) callback(null, open);
      else callback(null, first.address, first.family);
    };
    resolve(name.replace(/\.$/, '')).then(answer, () => callback(refusal(NAME_NOT_FOUND), []));
  };

/**
 * Makes an agent connect to permitted addresses only. It checks a literal, each looked-up address, and the address
 * that was reached.
 */
function guard<A extends http.Agent>(agent: A, resolve: Resolve, permits: Permits): A {
  const open = agent.createConnection.bind(agent);
  const guarded: Open = (options, done) => {
    const host = (options.host ?? 'localhost').replace(/^\[|\]$/g, '');
    const port = Number(options.port);
    if (isIP(host) !== 0 && !permits(host, port)) {
      // Beside an error Node looks at no socket.
      process.nextTick(() => done?.(refusal(ADDRESS_REFUSED), new Socket()));
      return undefined;
    }
    const socket = open({ ...options, host, lookup: guardedLookup(resolve, port, permits) }, done);
    if (!(socket instanceof Socket)) throw refusal(ADDRESS_REFUSED);
    // Before a byte is written: this is the address that was reached, however it was found.
    socket.prependOnceListener('connect', () => {
      if (!permits(socket.remoteAddress ?? '', port)) socket.destroy(refusal(ADDRESS_REFUSED));
    });
    return socket;
  };
  agent.createConnection = guarded;
  return agent;
}

export interface SafeAgents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/**
 * The two agents through which every webhook goes. The address decides, where the connection is made: a name that was
 * checked earlier may lead elsewhere by then. Connections are not kept, so each is judged.
 */
export function createSafeAgents(allow: Ranges, resolve: Resolve): SafeAgents {
  const permits =
    (secure: boolean): Permits =>
    (address, port) =>
      mayConnect({ address, port, secure }, allow);
  return {
    httpAgent: guard(new http.Agent({ keepAlive: false }), resolve, permits(false)),
    httpsAgent: guard(new https.Agent({ keepAlive: false }), resolve, permits(true)),
  };
}
