import type { Card } from '@flashcards/client';
import { Back, Front } from './faces';
import { Button } from './parts';
import { useWords } from './preferences';
import type { CardActions } from './use-card';

interface ProposalProps {
  readonly proposal: Card;
  readonly language: string | undefined;
  readonly actions: CardActions;
}

/** Another version of a card, beside the one it would replace. */
export function Proposal({ proposal, language, actions }: ProposalProps) {
  const words = useWords();
  return (
    <div class="proposal" role="group" aria-label={words.proposal}>
      <p class="kind">{words.proposal}</p>
      <div lang={language}>
        <Front card={proposal} shown />
        <Back card={proposal} />
      </div>
      <p class="row">
        <Button look="quiet" onPress={() => void actions.take(proposal)}>
          {words.useProposal}
        </Button>
        <Button look="plain" onPress={actions.leave}>
          {words.keepOld}
        </Button>
      </p>
    </div>
  );
}
