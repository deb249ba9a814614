import type { ModelProbe } from '@flashcards/shared/store/model-probe';
import type { Model } from './port';

const PROBE_MS = 60_000;
const PROBE_LIMIT_MS = 10_000;

export interface ProbeParts {
  readonly model: Pick<Model, 'probe'>;
  readonly write: (probe: ModelProbe) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Asks once a minute whether the model's API would answer, for `/health`. Returns how to stop. */
export function startProbe({ model, write, onError }: ProbeParts): () => void {
  const probe = async (): Promise<void> => write(await model.probe(AbortSignal.timeout(PROBE_LIMIT_MS)));
  const ask = (): void => void probe().catch(onError);
  ask();
  const timer = setInterval(ask, PROBE_MS);
  return () => clearInterval(timer);
}
