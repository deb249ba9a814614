export const HELP = `flashcards: cards that quote their source, from any text

  flashcards make [FILE] [-o deck.apkg]   make a deck of a file, or of standard input
  flashcards follow ID [-o deck.apkg]     show a job until it ends, and write its deck
  flashcards cards ID [-o deck.csv]       the deck of a job that completed, in any format
  flashcards jobs                         your jobs, newest first
  flashcards retry ID [-o deck.apkg]      run a failed job again, as a new one
  flashcards cancel ID                    cancel a job
  flashcards erase ID                     erase a job and its content
  flashcards usage                        your use by day, and what is left of your limits

  -o, --output FILE    where the deck goes; its ending says the format
      --format NAME    json, jsonl, csv, tsv, anki-txt, apkg, markdown, obsidian
      --force          write over a file that is there
      --json           the job as JSON on standard output
      --cards N        how many cards (10)
      --types LIST     of basic, reversed, cloze, choice (basic,cloze)
      --lang TAG       language of the cards: en, zh-Hans, ... (that of the text)
      --difficulty D   easy, medium, hard
      --answers L      short, medium, detailed
      --focus WORDS    what to look for in the text
      --title WORDS    title of the deck
      --tags LIST      tags of every card
      --model NAME     one of the models the server allows
      --fresh          make it anew, not from the cache
      --detach         submit, print the id, and leave
      --timeout S      how long to wait for the end (600); the job goes on after it
      --status S       of jobs: queued, running, completed, failed, canceled
      --limit N        of jobs: how many (20)
      --days N         of usage: how many days back (7)
      --url URL        where the API is (http://127.0.0.1:8000)

FLASHCARDS_URL, FLASHCARDS_API_KEY and FLASHCARDS_API_KEY_FILE are read from the environment.

Exit codes: 0 done, 1 the job failed or was canceled, 2 wrong usage, 3 the API refused,
4 the API cannot be reached or is not well, 5 --timeout is over, 130 Ctrl-C.
`;
