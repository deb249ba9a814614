import { type Job, isTerminal } from '@flashcards/client';
import { useState } from 'preact/hooks';
import { type Trouble, flashcards, troubleOf } from '../api';
import { Button, TroubleNote } from '../frame/parts';
import { useWords } from '../frame/preferences';

interface StatusProps {
  readonly job: Job;
  readonly cards: number;
  readonly lost: boolean;
  readonly onCanceled: (job: Job) => void;
}

/** The state of the job: its position in the queue, the card that is being written, or how it ended. */
export function JobStatus({ job, cards, lost, onCanceled }: StatusProps) {
  const words = useWords();
  const [trouble, setTrouble] = useState<Trouble>();
  if (job.status === 'canceled') return <p class="state-line">{words.canceled}</p>;
  if (isTerminal(job.status)) return null;
  const wanted = job.progress.cards_wanted;
  const cancel = (): void =>
    void flashcards.cancel(job.id).then(onCanceled, (error: unknown) => setTrouble(troubleOf(error, words)));
  return (
    <div class="job-status">
      <div class="bar">
        <progress
          aria-label={words.progress}
          max={wanted}
          value={job.status === 'queued' && cards === 0 ? undefined : cards}
        />
      </div>
      <p class="state-line">
        <span>
          {lost ? words.reconnecting : job.status === 'queued' ? positionOf(job, words) : words.writing(cards, wanted)}
        </span>
        <Button onPress={cancel}>{words.cancel}</Button>
      </p>
      <TroubleNote trouble={trouble} />
    </div>
  );
}

function positionOf({ queue }: Job, words: ReturnType<typeof useWords>): string {
  const eta = queue.eta_seconds > 0 ? ` · ${words.eta(queue.eta_seconds)}` : '';
  return `${words.position(queue.position)}${eta}`;
}
