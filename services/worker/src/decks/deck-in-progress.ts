import type { Usage } from '@flashcards/shared/contract/deck';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { DeckDraft } from '@flashcards/shared/store/jobs/log';
import type { Spending } from '../model/spending';
import type { Gate } from './gate/gate';
import type { Source } from './gate/quote';

/** What the steps of making one deck share. */
export interface DeckInProgress {
  readonly run: Run;
  readonly source: Source;
  /** BCP-47 tag of the language of the cards. */
  readonly language: string;
  readonly title: string;
  readonly gate: Gate;
  readonly spending: Spending;
}

/** How a deck stands as a card joins it. */
export interface DeckProgress {
  readonly usage: Usage;
  readonly draft: DeckDraft;
}

export const progressOf = ({ title, language, gate, spending }: DeckInProgress): DeckProgress => ({
  usage: spending.usage,
  draft: { title, language, generated: gate.generated, dropped: { ...gate.dropped } },
});
