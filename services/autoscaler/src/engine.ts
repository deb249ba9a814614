import { request } from 'node:http';

const LIMIT_MS = 8_000;

interface Service {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Mode: { readonly Replicated?: { readonly Replicas?: number } } };
}

/** The two calls of Docker's API that scale one service. */
export interface Engine {
  replicas(): Promise<number>;
  scale(replicas: number): Promise<void>;
}

export function createEngine(socketPath: string, serviceName: string): Engine {
  const path = `/services/${encodeURIComponent(serviceName)}`;
  const read = async (): Promise<Service> => JSON.parse(await call(socketPath, 'GET', path)) as Service;
  return {
    async replicas() {
      return (await read()).Spec.Mode.Replicated?.Replicas ?? 0;
    },
    /** Everything else of the service stays as it is; a change by another hand in between is an error, not overwritten. */
    async scale(replicas) {
      const { ID, Version, Spec } = await read();
      if (!Spec.Mode.Replicated) throw new Error('the service is not replicated');
      const wanted = { ...Spec, Mode: { Replicated: { ...Spec.Mode.Replicated, Replicas: replicas } } };
      await call(socketPath, 'POST', `/services/${ID}/update?version=${Version.Index}`, JSON.stringify(wanted));
    },
  };
}

function call(socketPath: string, method: string, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const sent = request({ socketPath, method, path, headers, timeout: LIMIT_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data: string) => (text += data));
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`the engine answered ${answer.statusCode ?? 0}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('the engine does not answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}
