import { remembered } from '@flashcards/shared/runtime/bounded-map';
import { SIMPLIFIED_ONLY, STOP_WORDS, TRADITIONAL_ONLY } from './language-marks';
import { MARK, SCRIPTS, UNSPACED, classAt, isUnspaced, type Script } from './letters';
import { tokens } from './words';

/** A word weighs as much as this many Chinese characters, so that `什么是 TCP (three-way handshake)?` is Chinese. */
const WORD_WEIGHT = 1.5;

export type Weights = Readonly<Partial<Record<Script, number>>>;

/** How much of `text` is written in each script: a character of Han or Kana weighs 1, a word of any other 1.5. */
export function scriptWeights(text: string): Weights {
  const counts = new Float64Array(SCRIPTS.length + 1);
  let previous = 0;
  for (let at = 0; at < text.length; at += 1) {
    const kind = classAt(text, at);
    if (kind <= SCRIPTS.length && (isUnspaced(kind) || kind !== previous)) {
      counts[kind] = (counts[kind] ?? 0) + (isUnspaced(kind) ? 1 : WORD_WEIGHT);
    }
    if (kind !== MARK) previous = kind;
  }
  const weights: Partial<Record<Script, number>> = {};
  SCRIPTS.forEach((script, i) => {
    const weight = counts[i + 1];
    if (weight) weights[script] = weight;
  });
  return weights;
}

const total = (weights: Weights): number => Object.values(weights).reduce((sum, weight) => sum + weight, 0);

/** The script that most of `text` is written in, or null when it holds no letter. */
export function dominantScript(text: string): Script | null {
  const weights = scriptWeights(text);
  const weightOf = (script: Script): number => weights[script] ?? 0;
  return SCRIPTS.filter((script) => weightOf(script) > 0).sort((a, b) => weightOf(b) - weightOf(a))[0] ?? null;
}

const [SIMPLIFIED, TRADITIONAL] = [1, 2];
/** Which writing of Chinese has a character and the other has not; 0 for all others. */
const WRITING = new Uint8Array(0x10000);
for (const character of TRADITIONAL_ONLY) WRITING[character.charCodeAt(0)] = TRADITIONAL;
for (const character of SIMPLIFIED_ONLY) WRITING[character.charCodeAt(0)] = SIMPLIFIED;

/** How many characters of `text` only simplified, and only traditional Chinese uses. */
export function chineseVotes(text: string): { simplified: number; traditional: number } {
  let simplified = 0;
  let traditional = 0;
  for (let at = 0; at < text.length; at += 1) {
    const writing = WRITING[text.charCodeAt(at)];
    if (writing === SIMPLIFIED) simplified += 1;
    else if (writing === TRADITIONAL) traditional += 1;
  }
  return { simplified, traditional };
}

/** The language of a script that points to one. Han and Latin have a vote of their own. */
const BY_SCRIPT: Readonly<Record<Script, (text: string) => string>> = {
  Han: guessChinese,
  Kana: () => 'ja',
  Hangul: () => 'ko',
  Latin: guessByStopWords,
  Cyrillic: (text) => (/[іїєґ]/iu.test(text) ? 'uk' : 'ru'),
  Greek: () => 'el',
  Arabic: (text) => (/[پچژگ]/u.test(text) ? 'fa' : 'ar'),
  Hebrew: () => 'he',
  Thai: () => 'th',
  Devanagari: () => 'hi',
  Other: () => 'en',
};

/** Japanese mixes Kana into Han; a Chinese text only now and then names something in Kana. */
const KANA_SHARE_OF_JAPANESE = 0.15;

/** Head, middle and tail say which scripts a text is in as well as all of it. */
function sampled(text: string): string {
  if (text.length <= 3 * SLICE) return text;
  const middle = Math.floor((text.length - SLICE) / 2);
  return text.slice(0, SLICE) + text.slice(middle, middle + SLICE) + text.slice(-SLICE);
}
const SLICE = 200;

/** BCP-47 tag of the language `text` is most likely written in; `en` when nothing points to another. */
export function guessLanguage(text: string): string {
  const weights = scriptWeights(sampled(text));
  const kana = weights.Kana ?? 0;
  const han = weights.Han ?? 0;
  const rest = Math.max(0, ...SCRIPTS.filter((script) => !UNSPACED.has(script)).map((script) => weights[script] ?? 0));
  if (han + kana > rest) return kana > (han + kana) * KANA_SHARE_OF_JAPANESE ? 'ja' : guessChinese(text);
  const dominant = SCRIPTS.find((script) => weights[script] === rest);
  return dominant === undefined || rest === 0 ? 'en' : BY_SCRIPT[dominant](text);
}

function guessChinese(text: string): string {
  const { simplified, traditional } = chineseVotes(text);
  return traditional > simplified ? 'zh-Hant' : 'zh-Hans';
}

const VOTED = Object.keys(STOP_WORDS);
/** A stop word -> the places in VOTED of the languages that have it. */
const VOTES = new Map<string, number[]>();
Object.values(STOP_WORDS).forEach((words, language) => {
  for (const word of words) VOTES.set(word, [...(VOTES.get(word) ?? []), language]);
});
const LONGEST_VOTE = Math.max(...[...VOTES.keys()].map((word) => word.length));
const NO_VOTE: readonly number[] = [];
/** Most words are too long to be asked about. */
const votesOf = (word: string): readonly number[] =>
  (word.length <= LONGEST_VOTE ? VOTES.get(word) : undefined) ?? NO_VOTE;
const SAMPLE = 400;

/** A single letter is a word of some language less often than a symbol, a variable or a point of a list. */
const WORD_VOTE = 3;
/** From so many words on, one of them that is a language's may be a name or a symbol: `Na`. */
const FEW_WORDS = 12;

function guessByStopWords(text: string): string {
  const votes = new Uint16Array(VOTED.length);
  const words = tokens(text.slice(0, SAMPLE).normalize('NFC').toLowerCase());
  for (const word of words) {
    const weight = word.length > 1 ? WORD_VOTE : 1;
    for (const language of votesOf(word)) votes[language] = (votes[language] ?? 0) + weight;
  }
  const best = Math.max(...votes);
  return (
    (best >= (words.length > FEW_WORDS ? 2 * WORD_VOTE : WORD_VOTE) ? VOTED[votes.indexOf(best)] : undefined) ?? 'en'
  );
}

/** How many small words of another language make a text that language, and how many times those of its own. */
const MIN_VOTES = 3;
const OUTVOTED = 3;

/** Whether `text` is plainly in another language of the same script than `language`, by its small words; false if unknown. */
export function speaksAnother(language: string, text: string): boolean {
  const place = VOTED.indexOf(language);
  if (place < 0) return false;
  const votes = new Uint16Array(VOTED.length);
  for (const word of tokens(text.toLowerCase())) {
    if (word.length > 1) for (const other of votesOf(word)) votes[other] = (votes[other] ?? 0) + 1;
  }
  const minVotes = Math.max(MIN_VOTES, OUTVOTED * (votes[place] ?? 0));
  return votes.some((count, other) => other !== place && count >= minVotes);
}

/** What a language may be written in, by the code of its usual script. */
const WRITTEN_IN: Readonly<Record<string, readonly Script[]>> = {
  Hans: ['Han'],
  Hant: ['Han'],
  Hani: ['Han'],
  Jpan: ['Kana', 'Han'],
  Kore: ['Hangul'],
  Latn: ['Latin'],
  Cyrl: ['Cyrillic'],
  Grek: ['Greek'],
  Arab: ['Arabic'],
  Hebr: ['Hebrew'],
  Thai: ['Thai'],
  Deva: ['Devanagari'],
};

/** Share of a string that has to be in the language's own script; the rest may be names, code and units. */
const OWN_SHARE = 0.25;
/** So many Han without any Kana are not Japanese. */
const HAN_WITHOUT_KANA = 10;

interface Expected {
  readonly code: string;
  readonly scripts: readonly Script[] | undefined;
}

const MAX_EXPECTED = 200;

/** Asking Intl costs more than the rest. */
const expected = remembered(MAX_EXPECTED, (language): Expected => {
  const code = scriptCode(language);
  return { code, scripts: WRITTEN_IN[code] };
});

function scriptCode(language: string): string {
  // Chinese without a region or script asks for no variant.
  if (language.toLowerCase() === 'zh') return 'Hani';
  try {
    return new Intl.Locale(language).maximize().script ?? '';
  } catch {
    return '';
  }
}

/** Whether cards of `language` are written with so few letters to a word that they need the narrower limits. */
export const isWideLanguage = (language: string): boolean =>
  (expected(language).scripts ?? []).some((script) => script === 'Han' || script === 'Kana');

/**
 * Whether `text` can be of `language` by its script; it does not distinguish languages that share one, save simplified
 * and traditional Chinese. A text without letters fits any, and so does any text where the language is not known.
 */
export function scriptFits(language: string, text: string): boolean {
  const { code, scripts } = expected(language);
  const weights = scriptWeights(text);
  const all = total(weights);
  if (!scripts || all === 0) return true;
  const own = scripts.reduce((sum, script) => sum + (weights[script] ?? 0), 0);
  return own >= all * OWN_SHARE && (VARIANT_FITS[code]?.(text, weights) ?? true);
}

/**
 * One character of the other writing may be a name. More than one, and more than of the own, is the other writing.
 */
const isStray = (other: number, own: number): boolean => other <= 1 || other <= own;
const isJapanese = ({ Kana = 0, Han = 0 }: Weights): boolean => Kana > (Kana + Han) * KANA_SHARE_OF_JAPANESE;

/** What a script shared by several writings needs besides its share. */
const VARIANT_FITS: Readonly<Record<string, (text: string, weights: Weights) => boolean>> = {
  Hani: (_text, weights) => !isJapanese(weights),
  Hans: (text, weights) => {
    const { simplified, traditional } = chineseVotes(text);
    return !isJapanese(weights) && isStray(traditional, simplified);
  },
  Hant: (text, weights) => {
    const { simplified, traditional } = chineseVotes(text);
    return !isJapanese(weights) && isStray(simplified, traditional);
  },
  Jpan: (_text, { Kana = 0, Han = 0 }) => Kana > 0 || Han < HAN_WITHOUT_KANA,
};
