import { type Store, createStore, keep, readStored } from '../storage/stored';
import { type Words, en } from '../words/en';
import { zh } from '../words/zh';

export type WordsName = 'en' | 'zh';
export type Theme = 'system' | 'light' | 'dark';

const ALL = { en, zh } satisfies Record<WordsName, Words>;

/** `boot.ts` has set the first value. */
export const wordsName: Store<WordsName> = createStore<WordsName>(
  document.documentElement.lang.startsWith('zh') ? 'zh' : 'en',
  (name) => {
    keep('words', name);
    document.documentElement.lang = name === 'zh' ? 'zh-Hans' : 'en';
    document.title = ALL[name].title;
  },
);

export const theme: Store<Theme> = createStore<Theme>(readStored<Theme>('theme', 'system'), (chosen) => {
  keep('theme', chosen === 'system' ? null : chosen);
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
});

/** The words of the page. A component that uses them is drawn again when the language changes. */
export const useWords = (): Words => ALL[wordsName.use()];

const format = (options?: Intl.NumberFormatOptions) => (value: number) =>
  new Intl.NumberFormat(wordsName.get(), options).format(value);
export const inDigits = format();
export const inMegabytes = (bytes: number): string => `${format({ maximumSignificantDigits: 2 })(bytes / 1e6)} MB`;
export const inPercent = format({ style: 'percent' });
export const inDollars = format({ style: 'currency', currency: 'USD', maximumSignificantDigits: 2 });

export const whenOf = (time: string): string =>
  new Intl.DateTimeFormat(wordsName.get(), {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(time));
