import { ApiError } from '@flashcards/client';
import { useEffect, useState } from 'preact/hooks';
import { type Trouble, flashcards, troubleOf } from '../api';
import { Button, TroubleNote } from '../frame/parts';
import { useWords, whenOf } from '../frame/preferences';
import { type SavedJob, dropJob, noteJob, savedJobs } from '../storage/saved-jobs';

/** The jobs that were submitted in this browser, newest first. */
export function DeckList() {
  const words = useWords();
  const jobs = savedJobs.use();
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => void refresh(), []);
  const erase = async (job: SavedJob): Promise<void> => {
    if (!confirm(words.forgetAsk(job.title))) return;
    try {
      await flashcards.erase(job.id);
    } catch (error) {
      if (!isGone(error)) return setTrouble(troubleOf(error, words));
    }
    dropJob(job.id);
  };
  return (
    <section class="decks" aria-labelledby="decks-title">
      <h2 id="decks-title">{words.decks}</h2>
      <TroubleNote trouble={trouble} />
      {jobs.length === 0 && <p class="quiet">{words.noDecks}</p>}
      <ul>
        {jobs.map((job) => (
          <li key={job.id}>
            <a href={`#/jobs/${job.id}`}>
              <b>{job.title}</b>
              <small>
                {words.statuses[job.status]}
                {job.cards > 0 && ` · ${words.countCards(job.cards)}`} · <time dateTime={job.at}>{whenOf(job.at)}</time>
              </small>
            </a>
            <Button look="plain" aria-label={`${words.forget}: ${job.title}`} onPress={() => void erase(job)}>
              {words.forget}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const isGone = (error: unknown): boolean => error instanceof ApiError && (error.status === 404 || error.status === 410);

/** Updates the jobs that had not ended when they were last seen. */
async function refresh(): Promise<void> {
  const open = savedJobs.get().filter(({ status }) => status === 'queued' || status === 'running');
  for (const { id } of open) {
    try {
      const { status, progress } = await flashcards.job(id);
      noteJob(id, { status, cards: progress.cards });
    } catch (error) {
      if (!isGone(error)) return;
      noteJob(id, { status: 'gone' });
    }
  }
}
