import {
  type AnswerLength,
  CARD_TYPES,
  type CardType,
  DEFAULT_OPTIONS,
  type Difficulty,
  MAX_FOCUS_CHARS,
  MAX_TITLE_CHARS,
  type Options,
} from '@flashcards/client';
import { limits } from '../api';
import { Field, Segments } from '../frame/parts';
import { useWords } from '../frame/preferences';

/** The values of the form, as its fields show them. */
export interface FormOptions {
  readonly cards: number;
  readonly types: readonly CardType[];
  readonly language: string;
  readonly difficulty: Difficulty;
  readonly answers: AnswerLength;
  readonly focus: string;
  readonly title: string;
  readonly tags: string;
  readonly fresh: boolean;
}

export const FIRST_OPTIONS: FormOptions = {
  cards: Math.min(DEFAULT_OPTIONS.cards, limits.maxCards),
  types: DEFAULT_OPTIONS.types,
  language: DEFAULT_OPTIONS.language,
  difficulty: DEFAULT_OPTIONS.difficulty,
  answers: DEFAULT_OPTIONS.answer_length,
  focus: '',
  title: '',
  tags: '',
  fresh: false,
};

/** The options as the API takes them, without empty fields. */
export function optionsOf({ cards, types, language, difficulty, answers, focus, title, tags }: FormOptions): Options {
  const names = [...new Set(tags.split(/[\s,，、]+/).filter(Boolean))];
  return {
    ...{ cards, types, language, difficulty, answer_length: answers },
    ...(focus.trim() ? { focus: focus.trim() } : {}),
    ...(title.trim() ? { title: title.trim() } : {}),
    ...(names.length > 0 ? { tags: names } : {}),
  };
}

/** Each in its own language, so that its readers find it. */
const LANGUAGES = {
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
  en: 'English',
  ja: '日本語',
  ko: '한국어',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  pt: 'Português',
  ru: 'Русский',
};

interface FormProps {
  readonly options: FormOptions;
  readonly onChange: (options: FormOptions) => void;
}

export function OptionsForm({ options, onChange }: FormProps) {
  const words = useWords();
  const set = (change: Partial<FormOptions>): void => onChange({ ...options, ...change });
  return (
    <section class="options" aria-labelledby="options-title">
      <h2 id="options-title">{words.options}</h2>
      <Count value={options.cards} onChange={(cards) => set({ cards })} />
      <Kinds value={options.types} onChange={(types) => set({ types })} />
      <label class="field">
        <span>{words.cardLanguage}</span>
        <select value={options.language} onChange={(event) => set({ language: event.currentTarget.value })}>
          <option value="auto">{words.auto}</option>
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <details class="more">
        <summary>{words.more}</summary>
        <MoreOptions options={options} set={set} />
      </details>
    </section>
  );
}

function MoreOptions({ options, set }: { options: FormOptions; set: (change: Partial<FormOptions>) => void }) {
  const words = useWords();
  return (
    <div class="stack">
      <Segments
        name="difficulty"
        label={words.difficulty}
        value={options.difficulty}
        all={words.difficulties}
        onChange={(difficulty) => set({ difficulty })}
      />
      <Segments
        name="answers"
        label={words.answers}
        value={options.answers}
        all={words.answerLengths}
        onChange={(answers) => set({ answers })}
      />
      <Field
        label={words.focus}
        hint={words.focusHint}
        max={MAX_FOCUS_CHARS}
        value={options.focus}
        onInput={(focus) => set({ focus })}
      />
      <Field label={words.deckTitle} max={MAX_TITLE_CHARS} value={options.title} onInput={(title) => set({ title })} />
      <Field label={words.tags} hint={words.tagsHint} value={options.tags} onInput={(tags) => set({ tags })} />
      <label class="check">
        <input
          type="checkbox"
          checked={options.fresh}
          onChange={(event) => set({ fresh: event.currentTarget.checked })}
        />
        <span>{words.fresh}</span>
      </label>
    </div>
  );
}

function Count({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const words = useWords();
  const set = (next: number): void => onChange(Math.max(1, Math.min(limits.maxCards, Math.round(next) || 1)));
  return (
    <div class="field count">
      <label for="count">{words.cards}</label>
      <span class="stepper">
        <button type="button" aria-label={words.fewer} disabled={value <= 1} onClick={() => set(value - 1)}>
          −
        </button>
        <input
          id="count"
          type="number"
          inputMode="numeric"
          min={1}
          max={limits.maxCards}
          value={value}
          onChange={(event) => set(event.currentTarget.valueAsNumber)}
        />
        <button
          type="button"
          aria-label={words.greater}
          disabled={value >= limits.maxCards}
          onClick={() => set(value + 1)}
        >
          +
        </button>
      </span>
    </div>
  );
}

function Kinds({ value, onChange }: { value: readonly CardType[]; onChange: (value: readonly CardType[]) => void }) {
  const words = useWords();
  // At least one stays on: a deck needs a kind of card.
  const toggle = (kind: CardType): void => {
    const next = CARD_TYPES.filter((each) => (each === kind ? !value.includes(kind) : value.includes(each)));
    if (next.length > 0) onChange(next);
  };
  return (
    <fieldset class="kinds">
      <legend>{words.kinds}</legend>
      <div>
        {CARD_TYPES.map((kind) => (
          <label key={kind} title={words.kindHint[kind]}>
            <input type="checkbox" checked={value.includes(kind)} onChange={() => toggle(kind)} />
            <span>
              <b>{words.kind[kind]}</b>
              <small>{words.kindHint[kind]}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
