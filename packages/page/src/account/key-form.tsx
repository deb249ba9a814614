import { useEffect, useRef, useState } from 'preact/hooks';
import { keyRequested, useKey } from '../api';
import { useWords } from '../frame/preferences';

/** Asks for the API key as soon as the server does, and not before. */
export function KeyForm() {
  const words = useWords();
  const asked = keyRequested.use();
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asked !== 'no') field.current?.focus();
  }, [asked]);
  if (asked === 'no') return null;
  return (
    <form
      class="key-form"
      aria-labelledby="key-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim()) useKey(key.trim(), remember);
      }}
    >
      <h2 id="key-title">{words.keyTitle}</h2>
      <p class="quiet">{words.keyHint}</p>
      {asked === 'refused' && <p role="alert">{words.keyWrong}</p>}
      <label class="field">
        <span>{words.key}</span>
        <input
          type="password"
          ref={field}
          value={key}
          autocomplete="off"
          spellcheck={false}
          placeholder="fck_…"
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
        <span>{words.keyRemember}</span>
      </label>
      <button type="submit" class="button main">
        {words.keySend}
      </button>
    </form>
  );
}
