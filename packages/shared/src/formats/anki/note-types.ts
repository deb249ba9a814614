import type { CardType } from '../../contract/deck';

/**
 * Our own note types: Anki's are named by language, ours are the same in all of them.
 *
 * Ids, names and order of fields and templates are frozen. If any of them differs, a second import refuses the note
 * instead of updating it. `Extra` and `Source` are there for what may come. Style and the text of templates may
 * change; raise `NOTE_TYPES_CHANGED` then, so that Anki takes them over.
 */
export const FIELDS = ['Front', 'Back', 'Choices', 'Extra', 'Quote', 'Source', 'CardId'] as const;
/** Unix seconds. */
const NOTE_TYPES_CHANGED = 1_764_000_000;

interface Template {
  readonly name: string;
  readonly front: string;
  readonly back: string;
}

interface NoteType {
  readonly id: number;
  readonly name: string;
  readonly templates: readonly Template[];
}

const shown = (field: string, filter = ''): string =>
  `{{#${field}}}<div class="${field.toLowerCase()}" dir="auto">{{${filter}${field}}}</div>{{/${field}}}`;
const RULE = '<hr id="answer">';
const NOTES = `${shown('Extra')}${shown('Quote')}`;
const FORWARD: Template = {
  name: 'Card 1',
  front: shown('Front'),
  back: `{{FrontSide}}${RULE}${shown('Back')}${NOTES}`,
};
const BACKWARD: Template = {
  name: 'Card 2',
  front: shown('Back'),
  back: `{{FrontSide}}${RULE}${shown('Front')}${NOTES}`,
};
const CLOZE = '<div class="front" dir="auto">{{cloze:Text}}</div>';

export const NOTE_TYPES: Readonly<Record<CardType, NoteType>> = {
  basic: { id: 1_763_900_000_001, name: 'AI Flashcards basic', templates: [FORWARD] },
  reversed: { id: 1_763_900_000_002, name: 'AI Flashcards reversed', templates: [FORWARD, BACKWARD] },
  cloze: {
    id: 1_763_900_000_003,
    name: 'AI Flashcards cloze',
    templates: [{ name: 'Cloze', front: CLOZE, back: `${CLOZE}${NOTES}` }],
  },
  choice: {
    id: 1_763_900_000_004,
    name: 'AI Flashcards choice',
    templates: [
      {
        name: 'Card 1',
        front: `${shown('Front')}${shown('Choices')}`,
        back: `{{FrontSide}}${RULE}${shown('Back')}${NOTES}`,
      },
    ],
  },
};

const CSS = `.card { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; font-size: 20px; line-height: 1.5; max-width: 40em; margin: 0 auto; padding: 1em; text-align: center; color: #1b1f24; background: #fff; }
.front { font-size: 1.15em; }
.back, .cloze { color: #0b5cad; font-weight: 600; }
.choices ol { display: inline-block; text-align: start; list-style: upper-alpha; }
.extra { margin-top: 1em; }
.quote { margin: 1.2em auto 0; padding-inline-start: 0.8em; border-inline-start: 3px solid #9aa4b2; color: #57606a; font-size: 0.8em; text-align: start; }
.nightMode.card, .night_mode.card { color: #e6edf3; background: #1c2128; }
.nightMode .back, .nightMode .cloze, .night_mode .back, .night_mode .cloze { color: #79b8ff; }
.nightMode .quote, .night_mode .quote { color: #a5adb8; }
`;

/** A note type as a collection holds it; `did` is the deck that new cards of it go to. */
export function modelOf(type: CardType, did: number): object {
  const { id, name, templates } = NOTE_TYPES[type];
  const isCloze = type === 'cloze';
  return {
    id,
    name,
    type: isCloze ? 1 : 0,
    mod: NOTE_TYPES_CHANGED,
    usn: -1,
    sortf: 0,
    did,
    css: CSS,
    latexPre:
      '\\documentclass[12pt]{article}\n\\special{papersize=3in,5in}\n\\usepackage{amssymb,amsmath}\n\\pagestyle{empty}\n\\setlength{\\parindent}{0in}\n\\begin{document}\n',
    latexPost: '\\end{document}',
    tags: [],
    vers: [],
    req: templates.map((template, ord) => [ord, 'any', [template === BACKWARD ? 1 : 0]]),
    flds: FIELDS.map((field, ord) => ({
      name: isCloze && ord === 0 ? 'Text' : field,
      ord,
      font: 'Arial',
      size: 20,
      media: [],
      rtl: false,
      sticky: false,
    })),
    tmpls: templates.map(({ name: label, front, back }, ord) => ({
      name: label,
      ord,
      qfmt: front,
      afmt: back,
      bqfmt: '',
      bafmt: '',
      did: null,
    })),
  };
}
