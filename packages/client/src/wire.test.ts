import type { CardEdit } from '@flashcards/shared/contract/card-edit';
import type * as deck from '@flashcards/shared/contract/deck';
import type * as delivery from '@flashcards/shared/contract/delivery';
import type * as contract from '@flashcards/shared/contract/job';
import type * as events from '@flashcards/shared/contract/events';
import type { FormatOptions } from '@flashcards/shared/formats/format';
import type * as webhook from '@flashcards/shared/contract/webhook';
import type { DayUsage } from '@flashcards/shared/store/accounts/usage';
import { FORMATS as OFFERED } from '@flashcards/shared/formats/index';
import type { JobEvent } from './follow';
import * as wire from './wire';

/** True only where two types are the same to the letter: names, optionality, literals. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** What a client may leave out has a value once it was validated. */
type Filled<T> = { [K in keyof T]-?: NonNullable<T[K]> };

/** A false one does not compile: the contract changed, and `wire.ts` has to follow. */
const same: readonly true[] = [
  true satisfies Same<wire.Card, deck.Card>,
  true satisfies Same<wire.CardEdit, CardEdit>,
  true satisfies Same<wire.FileOptions, FormatOptions>,
  true satisfies Same<wire.Deck, deck.Deck>,
  true satisfies Same<wire.Result, deck.Result>,
  true satisfies Same<wire.Usage, deck.Usage>,
  true satisfies Same<wire.Job, contract.Job>,
  true satisfies Same<wire.JobSummary, events.JobSummary>,
  true satisfies Same<Pick<JobEvent, 'type' | 'data'>, Pick<events.JobEvent, 'type' | 'data'>>,
  true satisfies Same<wire.Delivery, delivery.Delivery>,
  true satisfies Same<wire.DayUsage, DayUsage>,
  true satisfies Same<Filled<wire.Options>, Filled<contract.Options>>,
  true satisfies Same<Filled<wire.Webhook>, Filled<webhook.Webhook>>,
  true satisfies Same<
    Omit<Filled<wire.SubmitRequest>, 'options' | 'webhook'>,
    Omit<Filled<contract.Submit>, 'options' | 'webhook'>
  >,
];

test('the types of the client are those of the contract', () => {
  expect(same).not.toContain(false);
});

test('the client knows every format that the API offers', () => {
  expect(wire.FORMATS).toEqual(Object.keys(OFFERED));
});
