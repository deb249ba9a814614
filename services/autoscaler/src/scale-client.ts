import { objectOf } from '@flashcards/shared/runtime/json';

const LIMIT_MS = 10_000;

/** How many workers the engine should run. */
export async function readReplicas(scaleUrl: string): Promise<number> {
  return replicasOf(await fetch(new URL('/replicas', scaleUrl), { signal: AbortSignal.timeout(LIMIT_MS) }));
}

/** Sets the number of workers through `scale-door`. Workers that are removed get SIGTERM and drain. */
export async function writeReplicas(scaleUrl: string, replicas: number): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const body = JSON.stringify({ replicas });
  await replicasOf(await fetch(new URL('/replicas', scaleUrl), { method: 'PUT', body, signal }));
}

async function replicasOf(answer: Response): Promise<number> {
  const { replicas } = objectOf(await answer.json());
  if (!answer.ok || typeof replicas !== 'number') throw new Error(`scale-door answered ${answer.status}`);
  return replicas;
}
