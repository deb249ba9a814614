import { useEffect, useRef, useState } from 'preact/hooks';
import { keyRequested, useKey } from '../api';
import { useWords } from '../frame/preferences';

/** Asks for the API key once the server needs it. */
export function KeyForm() {
  const words = useWords();
  const keyState = keyRequested.use();
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (keyState !== 'no') field.current?.focus();
  }, [keyState]);
  if (keyState === 'no') return null;
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
      {keyState === 'refused' && <p role="alert">{words.keyWrong}</p>}
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
