import { ANSWER_LENGTHS, CARD_TYPES, DEFAULT_OPTIONS, DIFFICULTIES, FORMATS, STATUSES } from '../wire';
import { DEFAULT_URL, TIMEOUT_SECONDS, USAGE_DAYS } from './settings';

const all = (values: readonly string[]): string => values.join(', ');

export const HELP = `flashcards: makes cards that quote their source, from any text

  flashcards make [FILE] [-o deck.apkg]   make a deck from a file, or from standard input
  flashcards follow ID [-o deck.apkg]     show a job until it ends, then write its deck
  flashcards cards ID [-o deck.csv]       write the deck of a completed job, in any format
  flashcards jobs                         list your jobs, newest first
  flashcards retry ID [-o deck.apkg]      run a failed job again, as a new job
  flashcards cancel ID                    cancel a job
  flashcards erase ID                     erase a job and its content
  flashcards usage                        show your use by day, and what is left of your limits

  -o, --output FILE    write the deck to FILE; its ending names the format
      --format NAME    ${all(FORMATS.slice(0, 5))},
                       ${all(FORMATS.slice(5))}
      --force          replace a file that exists
      --json           print the job as JSON on standard output
      --cards N        number of cards (${DEFAULT_OPTIONS.cards})
      --types LIST     types of cards: ${CARD_TYPES.join(',')} (${DEFAULT_OPTIONS.types.join(',')})
      --lang TAG       language of the cards: en, zh-Hans, ... (same as the text)
      --difficulty D   ${all(DIFFICULTIES)} (${DEFAULT_OPTIONS.difficulty})
      --answers L      length of the answers: ${all(ANSWER_LENGTHS)} (${DEFAULT_OPTIONS.answer_length})
      --focus WORDS    what the cards should be about
      --title WORDS    title of the deck
      --tags LIST      tags of every card
      --model NAME     one of the models that the server allows
      --fresh          make a new deck, not one from the cache
      --detach         submit, print the id of the job, and leave
      --timeout S      seconds to wait for the end (${TIMEOUT_SECONDS}); the job goes on after it
      --status S       for jobs: ${all(STATUSES)}
      --limit N        for jobs: how many to list
      --days N         for usage: how many days to show (${USAGE_DAYS})
      --url URL        where the API is (${DEFAULT_URL})

FLASHCARDS_URL, FLASHCARDS_API_KEY and FLASHCARDS_API_KEY_FILE are read from the environment.

Exit codes: 0 done, 1 the job failed or was canceled, 2 wrong usage, 3 the API refused,
4 the API cannot be reached or has an error, 5 --timeout is over, 6 the deck could not be written,
130 Ctrl-C.
`;
