import type { OpenRouter, Probe } from './openrouter/client';

const PROBE_MS = 60_000;
const PROBE_LIMIT_MS = 10_000;

export interface ProbeParts {
  readonly openRouter: Pick<OpenRouter, 'probe'>;
  readonly write: (probe: Probe) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Asks once a minute whether the model's API would answer, for `/health`. Returns how to stop. */
export function startProbe({ openRouter, write, onError }: ProbeParts): () => void {
  const probe = async (): Promise<void> => write(await openRouter.probe(AbortSignal.timeout(PROBE_LIMIT_MS)));
  const ask = (): void => void probe().catch(onError);
  ask();
  const timer = setInterval(ask, PROBE_MS);
  return () => clearInterval(timer);
}
