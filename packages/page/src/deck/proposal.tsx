import { useState } from 'preact/hooks';
import { Back, Front } from './faces';
import { Button } from '../frame/parts';
import { useWords } from '../frame/preferences';
import type { CardActions } from './use-card';

interface ProposalProps {
  readonly language: string | undefined;
  readonly actions: CardActions;
}

/** Another version of a card, next to the card. A screen reader reads it at once. */
export function Proposal({ language, actions }: ProposalProps) {
  const words = useWords();
  const { proposal } = actions;
  return (
    <div {...(proposal ? { class: 'proposal', role: 'group', 'aria-label': words.proposal } : {})}>
      <div role="status">
        {proposal && (
          <>
            <p class="kind">{words.proposal}</p>
            <div lang={language}>
              <Front card={proposal} shown />
              <Back card={proposal} />
            </div>
          </>
        )}
      </div>
      {proposal && (
        <>
          <p class="row">
            <Button look="quiet" onPress={() => void actions.take(proposal)}>
              {words.useProposal}
            </Button>
            <Button look="plain" onPress={actions.leave}>
              {words.keepOld}
            </Button>
          </p>
          <RevisionForm actions={actions} />
        </>
      )}
    </div>
  );
}

/** Shorter than a `focus` may be: the API adds words of its own and cuts what is too long. */
const MAX_CHANGE_CHARS = 120;

/** What the next version should change. */
function RevisionForm({ actions }: { readonly actions: CardActions }) {
  const words = useWords();
  const [change, setChange] = useState('');
  return (
    <form
      class="revise"
      onSubmit={(event) => {
        event.preventDefault();
        void actions.regenerate(change);
      }}
    >
      <label class="field">
        <span>{words.revise}</span>
        <input
          type="text"
          value={change}
          maxLength={MAX_CHANGE_CHARS}
          placeholder={words.reviseHint}
          onInput={(event) => setChange(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button quiet" disabled={actions.busy}>
        {actions.busy ? words.regenerating : words.reviseAgain}
      </button>
    </form>
  );
}
