import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it came in. */
export interface Collected {
  readonly service: string;
  readonly name: string;
  /** By OpenTelemetry's numbers: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly string[];
  readonly failed: boolean;
  readonly ms: { readonly start: number; readonly end: number };
}

type KeyValues = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

/** What is read of OTLP's JSON. */
interface Otlp {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}
interface OtlpSpan extends Pick<Collected, 'name' | 'kind' | 'traceId' | 'spanId' | 'parentSpanId'> {
  readonly attributes: KeyValues;
  readonly events?: readonly { readonly name: string; readonly attributes: KeyValues }[];
  readonly links?: readonly { readonly spanId: string }[];
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

const fieldsOf = (list: KeyValues = []) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A receiver of traces on loopback: OTLP over HTTP, as JSON. */
export class Collector {
  readonly bodies: string[] = [];
  readonly headers: Record<string, unknown>[] = [];

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Collector> {
    const server = createServer();
    const collector = new Collector(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        if (request.url === '/v1/traces' && request.headers['content-type'] === 'application/json') {
          collector.bodies.push(body);
          collector.headers.push(request.headers);
        }
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What came in of one trace. */
  trace(traceId: string): Collected[] {
    return this.spans().filter((span) => span.traceId === traceId);
  }

  spans(): Collected[] {
    const resources = this.bodies.flatMap((body) => (JSON.parse(body) as Otlp).resourceSpans);
    return resources.flatMap(({ resource, scopeSpans }) => {
      const service = String(fieldsOf(resource.attributes)['service.name']);
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(service, span)));
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const collected = (service: string, span: OtlpSpan): Collected => ({
  service,
  name: span.name,
  kind: span.kind,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  attributes: fieldsOf(span.attributes),
  events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: fieldsOf(attributes) })),
  links: (span.links ?? []).map(({ spanId }) => spanId),
  failed: span.status?.code === 2,
  ms: { start: Number(span.startTimeUnixNano) / 1e6, end: Number(span.endTimeUnixNano) / 1e6 },
});
