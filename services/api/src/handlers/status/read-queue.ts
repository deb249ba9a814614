import { etaSeconds } from '@flashcards/shared/store/jobs/record';
import type { Answer, Deps, Input } from '../../http/endpoint';

/** `GET /v1/queue`: what anyone may know of the queue. */
export async function readQueue(_input: Input, { jobs }: Deps): Promise<Answer> {
  const state = await jobs.queue();
  const free = state.waiting === 0 && state.running < state.slots;
  const place = { position: free ? 0 : state.waiting + 1, ...state };
  return {
    status: 200,
    body: {
      depth: state.waiting,
      running: state.running,
      workers: state.workers,
      oldest_wait_seconds: Math.round(state.oldestWaitMs / 1_000),
      eta_seconds: etaSeconds(place),
    },
  };
}
