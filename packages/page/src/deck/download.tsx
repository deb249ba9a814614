import { FORMATS, FORMAT_DETAILS, type Format } from '@flashcards/client';
import { useRef, useState } from 'preact/hooks';
import { type Trouble, flashcards, troubleOf } from '../api';
import { TroubleNote, holds } from '../frame/parts';
import { useWords } from '../frame/preferences';

const MENU = [...FORMATS].sort((a, b) => FORMAT_DETAILS[a].menu - FORMAT_DETAILS[b].menu);

/** Without the mark Excel reads Chinese as something else; and a card is no formula. */
const FOR_SPREADSHEETS = { bom: true, formula_guard: true };

/** A menu of every format. The file comes through the client, so that the key goes along. */
export function Download({ job }: { job: string }) {
  const words = useWords();
  const menu = useRef<HTMLDetailsElement>(null);
  const [trouble, setTrouble] = useState<Trouble>();
  const fetchFile = async (format: Format): Promise<void> => {
    setTrouble(undefined);
    try {
      const { bytes, name } = await flashcards.cards(job, format, format === 'csv' ? FOR_SPREADSHEETS : {});
      handOut(bytes, name);
      menu.current?.removeAttribute('open');
    } catch (error) {
      setTrouble(troubleOf(error, words));
    }
  };
  const close = (event: FocusEvent): void => {
    if (!holds(menu.current, event.relatedTarget)) menu.current?.removeAttribute('open');
  };
  return (
    <details
      class="menu"
      ref={menu}
      onFocusOut={close}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        menu.current?.removeAttribute('open');
        menu.current?.querySelector('summary')?.focus();
      }}
    >
      <summary class="button quiet">{words.download}</summary>
      <ul>
        {MENU.map((format) => (
          <li key={format}>
            <button type="button" onClick={() => void fetchFile(format)}>
              <span>{words.formatLabel(format)}</span> <small>.{FORMAT_DETAILS[format].extension}</small>
            </button>
          </li>
        ))}
        <TroubleNote trouble={trouble} />
      </ul>
    </details>
  );
}

function handOut(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
