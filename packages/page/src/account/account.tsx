import type { Job, Result } from '@flashcards/client';
import { inDollars, inPercent, useWords, wordsName } from '../frame/preferences';
import { REASONS } from '../words/reasons';

interface AccountProps {
  readonly job: Job;
  readonly result: Result;
  readonly uncited: boolean;
  readonly onUncited: ((on: boolean) => void) | undefined;
}

/** The result: what was kept, what was dropped and why, what no card quotes, and the cost. */
export function Account({ job, result, uncited, onUncited }: AccountProps) {
  const words = useWords();
  const name = wordsName.use();
  const dropped = Object.entries(result.dropped);
  return (
    <section class="account" aria-labelledby="account-title">
      <h2 id="account-title">{words.account}</h2>
      <p>
        {words.kept(result.kept, result.wanted)} {words.generated(result.generated)}
      </p>
      {dropped.length > 0 && (
        <>
          <h3>{words.dropped}</h3>
          <ul class="reasons">
            {dropped.map(([code, count]) => (
              <li key={code}>
                <b>{count}</b> {REASONS[code]?.[name] ?? code}
              </li>
            ))}
          </ul>
        </>
      )}
      <p>{words.coverage(inPercent(result.coverage.share))}</p>
      {onUncited && result.coverage.uncited.length > 0 && (
        <label class="check">
          <input type="checkbox" checked={uncited} onChange={(event) => onUncited(event.currentTarget.checked)} />
          <span>{words.showUncited}</span>
        </label>
      )}
      {job.cache === 'hit' && <p>{words.cached}</p>}
      {job.cache === 'collapsed' && <p>{words.collapsed}</p>}
      <p class="quiet">
        {words.model} {result.model}
        {job.cache === 'miss' && job.usage.cost_usd !== null && ` · ${words.cost} ${inDollars(job.usage.cost_usd)}`}
      </p>
    </section>
  );
}
