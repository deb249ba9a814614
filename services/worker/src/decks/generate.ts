import { hash } from 'node:crypto';
import type { Result, Usage } from '@flashcards/shared/contract/deck';
import { PROMPT_VERSION } from '@flashcards/shared/contract/prompt-version';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { fold } from '@flashcards/shared/text/fold';
import { ModelError, rule } from '../model/port';
import { Spending } from '../model/spending';
import type { AskTools, Call } from './ask';
import type { DeckInProgress } from './deck-in-progress';
import { CallFailed, NoCards } from './failures';
import { Gate } from './gate/gate';
import { Source } from './gate/quote';
import { askInRounds } from './rounds';
import { coverage } from './text/coverage';
import { deckTitle } from './text/title';

export interface Generated {
  readonly result: Result;
  readonly usage: Usage;
  /** No card is missing because a call was cut or failed: the result is worth caching for identical requests. */
  readonly whole: boolean;
}

/**
 * THE STORY of a job: cut the text, ask for cards, and read them while they are written. Keep the ones that hold, and
 * ask again for what is missing.
 * @throws CallFailed when a call failed or the signal fired, NoCards when nothing was kept.
 */
export async function generate(run: Run, tools: AskTools, signal: AbortSignal): Promise<Generated> {
  const deck = begin(run);
  const calls = await askInRounds(deck, tools, signal);
  const { gate, spending } = deck;
  tools.count({ kind: 'cards_judged', ...judgedNow(gate, run) });
  if (gate.kept.length === 0) throw emptyHanded(calls, gate.dropped, spending.usage);
  const { cards } = run.submit.options;
  // A run whose cards were all kept before asks no model.
  const model = calls[0]?.model ?? run.submit.options.model ?? tools.model.models[0] ?? '';
  const whole = gate.kept.length >= cards || calls.every(({ cut }) => !cut);
  return { result: resultOf(deck, model), usage: spending.usage, whole };
}

function begin(run: Run): DeckInProgress {
  const { text, options } = run.submit;
  const source = new Source(text);
  const language = options.language === 'auto' ? source.language : options.language;
  const gate = new Gate({ source, options, language, tags: options.tags ?? [], seed: seedOf(text) });
  gate.restore(run.kept, run.draft ?? undefined);
  const title = deckTitle(text, options, source.sentences[0]);
  return { run, source, language, title, gate, spending: new Spending(run.spent) };
}

/** The same for a text whenever a deck is made of it. */
const seedOf = (text: string): string => hash('sha256', fold(text, 'key').text, 'base64url');

/** What this run kept and dropped, without what earlier ones did. */
function judgedNow({ kept, dropped }: Gate, run: Run) {
  const before = run.draft?.dropped ?? {};
  const now = Object.entries(dropped).map(([reason, cards]) => [reason, cards - (before[reason] ?? 0)] as const);
  return { kept: kept.length - run.kept.length, dropped: Object.fromEntries(now) };
}

function emptyHanded(calls: readonly Call[], dropped: Readonly<Record<string, number>>, usage: Usage): Error {
  return calls.some(({ sawCards }) => sawCards)
    ? new NoCards(dropped, usage)
    : new CallFailed(new ModelError(NO_DECK), usage);
}

/** The model wrote something, and no deck. */
const NO_DECK = rule('no_deck', ['model_output_invalid', 'change', 'yes']);

function resultOf({ run, source, language, title, gate }: DeckInProgress, model: string): Result {
  const wanted = run.submit.options.cards;
  const cards = [...gate.kept].sort((a, b) => a.start - b.start);
  return {
    deck: { title, language, cards },
    created_at: rfc3339(redisNow(run.clock)),
    partial: cards.length < wanted,
    wanted,
    generated: gate.generated,
    kept: cards.length,
    dropped: { ...gate.dropped },
    coverage: coverage(source.text, cards, source.sentences),
    model,
    prompt_version: PROMPT_VERSION,
  };
}
