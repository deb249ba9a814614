import { forgetKey, hasKey } from '../api';
import { Button } from './parts';
import { type Theme, theme, useWords, wordsName } from './preferences';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '○', dark: '●' };

export function Header() {
  const words = useWords();
  const [name, look] = [wordsName.use(), theme.use()];
  const nextTheme = THEMES[(THEMES.indexOf(look) + 1) % THEMES.length] ?? 'system';
  return (
    <header class="top">
      <a class="skip" href="#content" onClick={skip}>
        {words.skip}
      </a>
      <a class="brand" href="#/">
        <Seal />
        <b>{words.name}</b>
      </a>
      <nav aria-label={words.title}>
        <a href="/docs">{words.docs}</a>
        {hasKey() && (
          <Button look="plain" onPress={forgetKey}>
            {words.keyForget}
          </Button>
        )}
        <span class="languages" role="group" aria-label={words.language}>
          <button type="button" lang="zh-Hans" aria-pressed={name === 'zh'} onClick={() => wordsName.set('zh')}>
            中文
          </button>
          <button type="button" lang="en" aria-pressed={name === 'en'} onClick={() => wordsName.set('en')}>
            English
          </button>
        </span>
        <button
          type="button"
          class="theme"
          aria-label={`${words.theme}: ${words.themes[look]}`}
          title={`${words.theme}: ${words.themes[look]}`}
          onClick={() => theme.set(nextTheme)}
        >
          <span aria-hidden="true">{SIGNS[look]}</span>
        </button>
      </nav>
    </header>
  );
}

/** The route uses the address, so the link moves the focus itself. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Seal() {
  return (
    <svg class="seal" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="6" />
      <path d="M8 8.5h16v15H8zM12 13.5h8M12 18h5" />
    </svg>
  );
}
