import { submitBounds } from '@flashcards/shared/contract/body-bounds';
import { parseOrigins } from '@flashcards/shared/runtime/http/origins';
import { ANY_HOST, hostsOf, namedHosts } from '@flashcards/shared/runtime/http/request-guard';
import type { ApiConfig } from '../config';

/** Where the port of clients and that of operators listen, and what they let in. */
export function portsOf(config: ApiConfig) {
  const isTrial = config.AUTH === 'open';
  const opsHost = config.OPS_HOST ?? config.HOST;
  return {
    clients: {
      host: config.HOST,
      port: config.PORT,
      hosts: isTrial ? namedHosts(config.ALLOWED_HOSTS) : ANY_HOST,
      origins: parseOrigins(config.CORS_ORIGINS),
      trustProxyHops: config.TRUST_PROXY_HOPS,
      refusedPerMinute: config.REFUSED_PER_MINUTE,
      bodyBounds: submitBounds(config.MAX_TEXT_CHARS),
    },
    operators: { host: opsHost, port: config.OPS_PORT, hosts: hostsOf(opsHost, config.ALLOWED_HOSTS, isTrial) },
  };
}
