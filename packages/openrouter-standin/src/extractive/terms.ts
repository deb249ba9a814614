import { simplify } from './script';
import type { Sentence } from './sentences';
import { ADJECTIVE_ENDING_EN, breaksRunEn, NOUN_ENDING_EN, STOP_EN, VAGUE_EN, VERBS_EN } from './words-en';
import { NOUN_ENDING_ZH, STOP_ZH } from './words-zh';

/** Words of a sentence that a card may ask for. `at` is an offset in the body. */
export interface Term {
  readonly text: string;
  readonly at: number;
  readonly kind: 'year' | 'number' | 'term';
  readonly score: number;
}

export interface Run {
  readonly at: number;
  readonly end: number;
  readonly tokens: number;
}

const YEAR_ZH = /(?:公元前|公元)?\d{2,4}年代?(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}世纪/g;
const YEAR_LATIN = /\b(?:1\d{3}|20\d{2})s?\b/g;
const NUMBER_ZH =
  /(?:\d[\d,.]*|[一二两三四五六七八九十百千万亿]{1,6})(?:[万亿千百]*)(?:%|％|‰|摄氏度|℃|°C|公里|千米|厘米|毫米|纳米|微米|平方公里|平方千米|米|公斤|千克|克|吨|升|毫升|伏特|赫兹|小时|分钟|秒|天|周|年|岁|倍|层|对|个|种|类|条|位|次|项|座|部分|阶段|大类|亿|万)/g;
const NUMBER_LATIN =
  /\b\d[\d,]*(?:\.\d+)?(?:\s?(?:%|°C|°F)|\s(?:percent|per cent|million|billion|thousand|kilometres|kilometers|metres|meters|km|kg|grams|tonnes|tons|litres|liters|degrees|years|days|hours|minutes|seconds|volts|chromosomes|bones|planets|species|countries|people|states|elements|times|dollars|cells)\b)?/g;
/** Counts that say nothing: one of something, or an indefinite number. */
const EMPTY_NUMBER = /^[一两](?:个|种|类|条|位|次|项|座|部分)$|^[百千万亿]/;

const found = (text: string, pattern: RegExp, kind: Term['kind'], score: number): Term[] =>
  [...text.matchAll(pattern)].map((match) => ({ text: match[0], at: match.index, kind, score }));

const overlaps = (a: Term, b: Term): boolean => a.at < b.at + b.text.length && b.at < a.at + a.text.length;

function numbersOf({ body, shadow, stop }: Sentence): Term[] {
  const han = stop === '。';
  const years = found(han ? shadow : body, han ? YEAR_ZH : YEAR_LATIN, 'year', 5);
  const numbers = found(han ? shadow : body, han ? NUMBER_ZH : NUMBER_LATIN, 'number', 4).filter(
    (number) =>
      !EMPTY_NUMBER.test(number.text) && !years.some((year) => overlaps(year, number)) && !partOfWord(body, number),
  );
  return [...years, ...numbers].map((term) => ({ ...term, text: body.slice(term.at, term.at + term.text.length) }));
}

/** `CO2`, `COVID-19`, `第三次`: the digits belong to a name. */
const partOfWord = (body: string, { at, text }: Term): boolean =>
  /[A-Za-z第\d.-]/.test(body.charAt(at - 1)) || /^[A-Za-z]/.test(body.slice(at + text.length));

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
/** Words that end a run, and may all the same be the first or last of a term that recurs. */
const JOINS_LEFT = /(?:[类过反负正非无内外前后上下中自新大小高低长多单双子主副]|自由|分析|计算|运动|生产)$/;
const JOINS_RIGHT =
  /^(?:学习|训练|研究|运动|分析|处理|控制|合成|发展|改革|建设|组织|生产|运输|传播|交换|计算|统计|测量|旋转|振动|蒸发|燃烧|沉淀|学习方法|方程|表达|复制|转录|翻译|识别|预测|判断)/;
const MAX_HAN = 8;
const MAX_WORDS = 3;

/** The run with the neighbouring word it always goes with: `类囊体`, `机器学习`, though `类` and `学习` end runs elsewhere. */
function widened(shadow: string, run: Run, frequency: Frequency): Run {
  const before = JOINS_LEFT.exec(shadow.slice(0, run.at))?.[0] ?? '';
  const after = JOINS_RIGHT.exec(shadow.slice(run.end))?.[0] ?? '';
  const tries: Run[] = [
    { at: run.at - before.length, end: run.end + after.length, tokens: run.tokens },
    { at: run.at - before.length, end: run.end, tokens: run.tokens },
    { at: run.at, end: run.end + after.length, tokens: run.tokens },
  ];
  const recurs = ({ at, end }: Run): boolean =>
    end - at > run.end - run.at && end - at <= MAX_HAN && frequency(shadow.slice(at, end)) > 1;
  return tries.find(recurs) ?? run;
}

/** Runs of content words in Chinese; a run longer than a term keeps its end, where the head is. */
function runsZh(shadow: string, frequency: Frequency): Run[] {
  const runs: Run[] = [];
  let words: { at: number; length: number }[] = [];
  const flush = (): void => {
    while (words.length > 1 && words.reduce((sum, word) => sum + word.length, 0) > MAX_HAN) words.shift();
    const [first, last] = [words[0], words.at(-1)];
    if (first && last) runs.push({ at: first.at, end: last.at + last.length, tokens: words.length });
    words = [];
  };
  for (const { segment, index } of segmenter.segment(shadow)) {
    if (/^\p{Script=Han}+$/u.test(segment) && !STOP_ZH.has(segment)) words.push({ at: index, length: segment.length });
    else flush();
  }
  flush();
  return runs
    .map((run) => widened(shadow, run, frequency))
    .filter(({ at, end }) => end - at >= 2 && end - at <= MAX_HAN);
}

/** A sentence has a verb: in `Water boils at 100 °C` it is the only word that can be one, known or not. */
function onlyVerbAt(body: string): number | undefined {
  if (/\b(?:is|are|was|were|has|have|had|can|may|will)\b/.test(body)) return undefined;
  const words = [...body.matchAll(/\p{L}[\p{L}\p{N}'’-]*/gu)];
  if (words.some(([word], i) => i > 0 && VERBS_EN.has(word))) return undefined;
  const verb = words.find(([word], i) => i > 0 && /^[a-z]+[^aisu]s$/.test(word) && !NOUN_ENDING_EN.test(word));
  return verb?.index;
}

function runsEn(body: string): Run[] {
  const runs: Run[] = [];
  let words: { at: number; end: number }[] = [];
  const flush = (): void => {
    words = words.slice(-MAX_WORDS);
    const [first, last] = [words[0], words.at(-1)];
    if (first && last) runs.push({ at: first.at, end: last.end, tokens: words.length });
    words = [];
  };
  const verbAt = onlyVerbAt(body);
  for (const match of body.matchAll(/\p{L}[\p{L}\p{N}'’-]*/gu)) {
    if (match.index === verbAt) {
      flush();
      continue;
    }
    const previous = words.at(-1);
    if (previous && body.slice(previous.end, match.index) !== ' ') flush();
    if (breaksRunEn(match[0]) || /['’]s$/.test(match[0])) flush();
    else words.push({ at: match.index, end: match.index + match[0].length });
  }
  flush();
  return runs;
}

/** How often a term stands in the whole text: what recurs is what the text is about. */
export type Frequency = (term: string) => number;

export function frequencyIn(text: string): Frequency {
  const folded = simplify(text).toLowerCase();
  const known = new Map<string, number>();
  return (term) => {
    const key = simplify(term).toLowerCase();
    const counted = known.get(key) ?? folded.split(key).length - 1;
    known.set(key, counted);
    return counted;
  };
}

const isMarked = (body: string, { at, end }: Run): boolean =>
  /[“"《「『（(]/.test(body.charAt(at - 1)) ||
  /[”"》」』（(]/.test(body.charAt(end)) ||
  body.slice(end, end + 2) === ' (';

const VAGUE = -4;
/** Who speaks, again and again, in a dialogue: no one learns that. */
const isSpeaker = (text: string, frequency: Frequency): boolean =>
  frequency(`${text}:`) > 1 || frequency(`${text}：`) > 1;

/** The end of a word that the segmenter cut: `不确定|性原理`. */
const TAIL_ZH = /^[性化]/;
const VAGUE_ZH =
  /^(?:方法|过程|结果|作用|部分|阶段|系统|问题|情况|方式|方面|程度|因素|现象|数据|特点|结构|条件|内容|水平|时间|地区|国家|学科|集合|名称|事件|活动|地方|东西|意义|关系|范围|基础|原因|目的|能力|形式|状态|人们|世界|社会|全球|时期|物质|事物|学生|老师|顾客|订单|资源|历史|理论|数值|比值|各省)$/;

function scoreZh({ body, shadow }: Sentence, run: Run, frequency: Frequency): number {
  const text = shadow.slice(run.at, run.end);
  const recurs = frequency(text) > 1 ? 2.5 : 0;
  const named = /(?:称为|叫做|称作|即|所谓|名为)[“"]?$/.test(shadow.slice(Math.max(0, run.at - 4), run.at)) ? 3 : 0;
  const marked = isMarked(body, run) ? 3 : 0;
  const noun = NOUN_ENDING_ZH.test(text) ? 1.5 : 0;
  const listed = /[、和与]/.test(shadow.charAt(run.at - 1)) || /[、]/.test(shadow.charAt(run.end)) ? 0.5 : 0;
  const cut = TAIL_ZH.test(text) && /\p{Script=Han}$/u.test(shadow.slice(0, run.at));
  const counted = /\d$/.test(shadow.slice(0, run.at)); // `3000册图书`: its first character counts
  const vague = VAGUE_ZH.test(text) || cut || counted || isSpeaker(text, frequency) ? VAGUE : 0;
  const long = run.tokens > 3 && recurs === 0 ? -1.5 : 0;
  return recurs + named + marked + noun + listed + long + vague;
}

function scoreEn({ body }: Sentence, run: Run, frequency: Frequency): number {
  const text = body.slice(run.at, run.end);
  const words = text.split(' ');
  // `server answers with`, `router forwards packets`: what looks like a plural is the verb.
  const verb =
    words.length > 1 &&
    /[^su]s$/.test(words.at(-1) ?? '') &&
    /^ (?:an?|the|its|their|that|with) /.test(body.slice(run.end));
  if ((verb || words.slice(0, -1).some((word) => /^[a-z]+[^sui]s$/.test(word))) && frequency(text) < 2) return -1;
  const last = words.at(-1) ?? '';
  const capital = words.some((word, i) => /^\p{Lu}/u.test(word) && (run.at > 0 || i > 0));
  if (!capital && ADJECTIVE_ENDING_EN.test(last) && frequency(text) < 2) return -1;
  if (text.length < 4 && !/^\p{Lu}{2}/u.test(text)) return -1;
  const named = /(?:called|known as|named|termed|as) (?:the |an? )?["“]?$/.test(
    body.slice(Math.max(0, run.at - 16), run.at),
  )
    ? 2.5
    : 0;
  const recurs = frequency(text) > 1 ? 2 : 0;
  const noun = NOUN_ENDING_EN.test(last) ? 1 : 0;
  const several = words.length > 1 ? 1 : 0;
  const dull = VAGUE_EN.has(text.toLowerCase()) || /[^aeiou]est$/.test(words[0] ?? '');
  const vague = (dull && frequency(text) < 2) || isSpeaker(text, frequency) ? VAGUE : 0;
  return (capital ? 2.5 : 0) + named + recurs + noun + several + vague + (isMarked(body, run) ? 2 : 0);
}

const ACRONYM_IN_HAN = /(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9-]{1,24}(?: [A-Za-z][A-Za-z0-9-]+){0,2}(?![A-Za-z0-9])/g;
/** A title of a work is one name, whatever words it is made of. */
const TITLE = /《[^》]{2,20}》/g;
const LEAST_SCORE = 1;

/** In a language whose small words are unknown, a long word is at least no small one. */
function longestWord(body: string): Term[] {
  const words = found(body, /\p{L}{7,24}/gu, 'term', LEAST_SCORE);
  return words.sort((a, b) => b.text.length - a.text.length || a.at - b.at).slice(0, 1);
}

/** The terms of a sentence that a card may ask for, best first. */
export function termsOf(sentence: Sentence, frequency: Frequency, known: 'en' | 'zh' | 'other'): Term[] {
  const numbers = numbersOf(sentence);
  const score = known === 'zh' ? scoreZh : scoreEn;
  const runs = known === 'zh' ? runsZh(sentence.shadow, frequency) : runsEn(sentence.body);
  const titles = found(sentence.body, TITLE, 'term', 4);
  const names =
    known === 'zh'
      ? found(sentence.body, ACRONYM_IN_HAN, 'term', 2.5).filter(({ text }) => /[A-Z]|.{5}/.test(text))
      : [];
  const fixed = [...numbers, ...titles];
  const longest = known === 'other' ? longestWord(sentence.body) : [];
  const words = runs.map((run): Term => ({
    text: sentence.body.slice(run.at, run.end),
    at: run.at,
    kind: 'term',
    // In a language whose small words are unknown, only what is marked or recurs is safe.
    score: score(sentence, run, frequency) - (known === 'other' ? 1.5 : 0),
  }));
  const terms = [
    ...fixed,
    ...[...names, ...words, ...longest].filter((word) => !fixed.some((other) => overlaps(word, other))),
  ];
  return terms
    .filter((term) => term.score >= LEAST_SCORE && occursOnce(sentence.body, term.text))
    .sort((a, b) => b.score - a.score || b.at - a.at);
}

/** The answer stands in its sentence once, and no long word of it a second time. */
export function occursOnce(body: string, text: string): boolean {
  const folded = body.toLowerCase();
  const rest = folded.replace(text.toLowerCase(), ' ');
  if (rest.includes(text.toLowerCase())) return false;
  return text
    .toLowerCase()
    .split(/[\s-]+/)
    .every((word) => word.length < 4 || STOP_EN.has(word) || !rest.includes(word));
}
