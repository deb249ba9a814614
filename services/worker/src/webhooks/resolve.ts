import { Resolver, lookup } from 'node:dns/promises';
import { isInnerName } from '@flashcards/shared/security/webhook-url';

const LIMITS = { timeout: 3_000, tries: 2 };

/** All addresses of a name, empty when it has none. May take longer than an attempt, which then ends without it. */
export type Resolve = (name: string) => Promise<string[]>;

/**
 * Asks name servers over sockets. The system's own lookup blocks one of four threads that the whole process shares. A
 * few names whose servers never answer would stop every file and every other connection. So it serves only names of
 * an inner network, which strangers cannot make up.
 * @param servers `address:port`; the system's where there are none.
 */
export function createResolve(servers: readonly string[] = []): Resolve {
  const resolver = new Resolver(LIMITS);
  if (servers.length > 0) resolver.setServers(servers);
  const none = (): string[] => [];
  return async (name) => {
    if (isInnerName(name)) {
      const found = await lookup(name, { all: true }).catch(() => []);
      return found.map(({ address }) => address);
    }
    const [four, six] = await Promise.all([resolver.resolve4(name).catch(none), resolver.resolve6(name).catch(none)]);
    return [...four, ...six];
  };
}
