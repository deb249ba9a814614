import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

// Without those that only mean something to a browser that shows a page of ours.
const policy = helmet({
  dnsPrefetchControl: false,
  ieNoOpen: false,
  originAgentCluster: false,
  permittedCrossDomainPolicies: false,
  xssFilter: false,
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
});

/** Helmet's headers are the same for every answer: they are asked for once, and then only written. */
export function securityHeaders(): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const recorder = new Recorder(request);
  policy(request, recorder, () => undefined);
  return recorder.headers;
}

/** An answer that goes to nobody. */
class Recorder extends ServerResponse {
  readonly headers: Record<string, string> = {};

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.headers[name] = String(value);
    return this;
  }
}
