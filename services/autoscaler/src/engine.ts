import { request } from 'node:http';
import { Joi } from '@flashcards/shared/contract/text';

const LIMIT_MS = 8_000;

interface Replicated {
  readonly Replicas?: number;
}

interface Service {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Mode: { readonly Replicated?: Replicated } };
}

/** The two calls of Docker's API that scale one service. */
export interface Engine {
  replicas(): Promise<number>;
  scale(replicas: number): Promise<void>;
}

export function createEngine(socketPath: string, serviceName: string): Engine {
  const path = `/services/${encodeURIComponent(serviceName)}`;
  const read = async (): Promise<Service> => serviceOf(await call(socketPath, 'GET', path));
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

/** What scaling reads of a service, each where the engine must have it; all else passes as it is. */
const serviceSchema = Joi.object<Service>({
  ID: Joi.string().required(),
  Version: Joi.object<Service['Version']>({ Index: Joi.number().required() }).unknown().required(),
  Spec: Joi.object<Service['Spec']>({
    Mode: Joi.object<Service['Spec']['Mode']>({
      Replicated: Joi.object<Replicated>({ Replicas: Joi.number() }).unknown(),
    })
      .unknown()
      .required(),
  })
    .unknown()
    .required(),
}).unknown();

function serviceOf(json: string): Service {
  const { error, value } = serviceSchema.validate(JSON.parse(json), { convert: false });
  if (error) throw new Error(`the engine's answer does not describe a service: ${error.message}`);
  return value;
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
