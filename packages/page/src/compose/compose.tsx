import { useEffect, useRef, useState } from 'preact/hooks';
import { type Trouble, keyRequested, limits, troubleOf } from '../api';
import { DeckList } from '../deck/deck-list';
import { EXAMPLES } from './examples';
import { FIRST_OPTIONS, OptionsForm, type FormOptions, optionsOf } from './options-form';
import { Button, TroubleNote, holds } from '../frame/parts';
import { inDigits, inMegabytes, useWords } from '../frame/preferences';
import { MAX_FILE_BYTES, textOfFile } from './read-file';
import { keep, readStored } from '../storage/stored';
import { submitText } from './submit';

/** The start page: a text, the options of its deck, and the decks made before. */
export function Compose() {
  const words = useWords();
  const [text, setText] = useState(() => readStored('draft', ''));
  const [options, setOptions] = useState<FormOptions>(() => ({
    ...FIRST_OPTIONS,
    ...readStored<Partial<FormOptions>>('wishes', {}),
  }));
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const change = (next: string): void => {
    setText(next);
    setTrouble(undefined);
    keep('draft', next || null);
  };
  const length = codePoints(text);
  const ready = text.trim() !== '' && length <= limits.maxTextChars && !sending;
  const needsKey = keyRequested.use() !== 'no';
  const [unsent, setUnsent] = useState(false);
  useEffect(() => {
    if (!needsKey && unsent) void send();
  }, [needsKey]);
  const send = async (): Promise<void> => {
    if (!ready) return;
    setUnsent(false);
    setSending(true);
    setTrouble(undefined);
    try {
      // A title belongs to one text. The other options are likely to be used again.
      keep('wishes', { ...options, title: '', fresh: false });
      await submitText(text, optionsOf(options), options.fresh);
    } catch (error) {
      const found = troubleOf(error, words);
      // Only the key was missing: once it is there, the text is sent.
      setUnsent(found === undefined);
      setTrouble(found);
      setSending(false);
    }
  };
  return (
    <main id="content" class="compose" tabIndex={-1}>
      <header class="opening">
        <h1>{words.tagline}</h1>
        <p>{words.lead}</p>
      </header>
      <TextSheet text={text} length={length} onChange={change} onSend={() => void send()} />
      <div class="slip">
        <OptionsForm options={options} onChange={setOptions} />
        <div class="send">
          <TroubleNote trouble={trouble} />
          <Button look="main" disabled={!ready} aria-busy={sending} onPress={() => void send()}>
            {sending ? words.making : words.make} <kbd>{words.shortcut}</kbd>
          </Button>
        </div>
      </div>
      <DeckList />
    </main>
  );
}

/** The length as the API counts it. */
const codePoints = (text: string): number => {
  let count = 0;
  for (const _each of text) count += 1;
  return count;
};

interface SheetProps {
  readonly text: string;
  readonly length: number;
  readonly onChange: (text: string) => void;
  readonly onSend: () => void;
}

function TextSheet({ text, length, onChange, onSend }: SheetProps) {
  const words = useWords();
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string>();
  const take = async (file: File | undefined): Promise<void> => {
    setOver(false);
    if (!file) return;
    const { name, size } = file;
    if (size > MAX_FILE_BYTES) return setRefused(words.tooLarge(name, inMegabytes(size), inMegabytes(MAX_FILE_BYTES)));
    const read = await textOfFile(file);
    setRefused(read === undefined ? words.notText(name) : undefined);
    if (read !== undefined) onChange(read);
  };
  return (
    <section
      class={`sheet ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!holds(currentTarget, relatedTarget)) setOver(false);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        void take(event.dataTransfer.files[0]);
      }}
    >
      <label class="sheet-label" for="text">
        {words.text}
      </label>
      <TextArea text={text} tooLong={length > limits.maxTextChars} onChange={onChange} onSend={onSend} />
      {over && <p class="drop">{words.drop}</p>}
      <TroubleNote trouble={refused === undefined ? undefined : { what: refused, details: [] }} />
      <SheetFoot text={text} length={length} onChange={onChange} onFile={(file) => void take(file)} />
    </section>
  );
}

interface TextAreaProps extends Pick<SheetProps, 'text' | 'onChange' | 'onSend'> {
  readonly tooLong: boolean;
}

function TextArea({ text, tooLong, onChange, onSend }: TextAreaProps) {
  const words = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a phone the keyboard would cover the page.
    if (matchMedia('(hover: hover)').matches) area.current?.focus({ preventScroll: true });
  }, []);
  return (
    <textarea
      id="text"
      ref={area}
      value={text}
      placeholder={words.textHint}
      aria-invalid={tooLong}
      aria-describedby="length"
      spellcheck={false}
      onInput={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSend();
      }}
    />
  );
}

interface FootProps extends Pick<SheetProps, 'text' | 'length' | 'onChange'> {
  readonly onFile: (file: File | undefined) => void;
}

function SheetFoot({ text, length, onChange, onFile }: FootProps) {
  const words = useWords();
  const max = limits.maxTextChars;
  return (
    <footer>
      <span class="sources">
        <label class="button plain file">
          <input
            type="file"
            accept=".txt,.md,.markdown,.text,text/plain,text/markdown"
            onChange={(event) => {
              onFile(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
          {words.open}
        </label>
        {text === '' ? (
          <span class="examples">
            <span>{words.examples}</span>
            {(['zh', 'en'] as const).map((name) => (
              <Button key={name} look="plain" lang={name} onPress={() => onChange(EXAMPLES[name])}>
                {words.exampleNames[name]}
              </Button>
            ))}
          </span>
        ) : (
          <Button look="plain" onPress={() => onChange('')}>
            {words.clear}
          </Button>
        )}
      </span>
      <span id="length" class={length > max ? 'length too-long' : 'length'}>
        {words.chars(inDigits(length), inDigits(max))}
        {length > max && (
          <>
            {' '}
            {words.tooLong(inDigits(length - max))}{' '}
            <Button look="plain" onPress={() => onChange([...text].slice(0, max).join(''))}>
              {words.cutToFit(inDigits(max))}
            </Button>
          </>
        )}
      </span>
    </footer>
  );
}
