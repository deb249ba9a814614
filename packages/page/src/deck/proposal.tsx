import { useState } from 'preact/hooks';
import { Back, Front } from './faces';
import { Button } from '../frame/parts';
import { useWords } from '../frame/preferences';
import type { CardActions } from './use-card';

interface ProposalProps {
  readonly language: string | undefined;
  readonly actions: CardActions;
}

/** Another version of a card, beside the one it would replace; read aloud as soon as it is there. */
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
          <OptionsProposal actions={actions} />
        </>
      )}
    </div>
  );
}

/** As much as a wish may say beside what is asked for by itself. */
const MAX_CHARACTERS = 120;

/** What the next version should do otherwise. */
function OptionsProposal({ actions }: { readonly actions: CardActions }) {
  const words = useWords();
  const [proposal, setProposal] = useState('');
  return (
    <form
      class="wish"
      onSubmit={(event) => {
        event.preventDefault();
        void actions.regenerate(proposal);
      }}
    >
      <label class="field">
        <span>{words.wish}</span>
        <input
          type="text"
          value={proposal}
          maxLength={MAX_CHARACTERS}
          placeholder={words.wishHint}
          onInput={(event) => setProposal(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button quiet" disabled={actions.busy}>
        {actions.busy ? words.regenerating : words.wishAgain}
      </button>
    </form>
  );
}
