import type { Question } from './question';
import { toTraditional } from './script';
import type { Sentence } from './sentences';
import type { Term } from './terms';
import { VERBS_ZH } from './words-zh';

interface Found {
  /** Group `n` as it is written in the text. */
  readonly group: (n: number) => string;
  /** Group `n` simplified, for comparing. */
  readonly plain: (n: number) => string;
}
type Made = Omit<Question, 'score'> | null;

interface Pattern {
  readonly pattern: RegExp;
  readonly score: number;
  readonly make: (found: Found, say: (words: string) => string) => Made;
}

const SUBJECT = '([^，,。；：:、（）()？?]{2,18}?)';
const GLOSS = '(?:[（(][^）)]{1,40}[）)])?';
const ADVERBS = '((?:能够|能|可以|主要|会|通常|一般|可|将|不断|直接|大量|首次|最早|正式|常常|常)*)';

const NO_SUBJECT =
  /要么|^(?:在|从|当|如果|因为|由于|虽然|通过|为了|对|随着|根据|经过|除|到|自|于|每|第|不|有|没|其|它|他|她|这|那|该|此|之所以|人们|我们|\d)|(?:不|就|都|也|还|已|正|并|而|的|只|仅|才|又|却|(?<![原规准法守])则|很|更|可能|应该|必须|是)$|\d+年$/;
const isSubject = (words: string): boolean => !NO_SUBJECT.test(words);
const PERSON =
  /(?:家|诗人|皇帝|总统|国王|领袖|将军|学者|教授|作者|之父|创始人|奠基人|先驱|先行者|倡导者|领导人|人物|英雄|发明者|开创者|军事家|将领|大臣|僧人|探险家)$/;

const phrase = (front: string, back: string, subject: string | null, defines = false): NonNullable<Made> => ({
  front,
  back,
  subject,
  defines,
  kind: 'phrase',
});

const PATTERNS: readonly Pattern[] = [
  {
    pattern: new RegExp(
      `^(?:所谓)?${SUBJECT}${GLOSS}[，,]?(?:是指|指的是|定义为|被定义为|是(?=一[种类个项门条座]))(.{4,})$`,
      'd',
    ),
    score: 8,
    make: ({ group, plain }, say) =>
      isSubject(plain(1)) ? phrase(say('什么是') + group(1) + '？', group(2), group(1), true) : null,
  },
  {
    pattern:
      /^((?:[^，,。；]{2,10}[，,])?(?:人们|科学家|学者|通常|一般|我们)?(?:通常|常|一般)?(?:把|将).{2,40}?(?:称为|叫做|称作))[“"]?([^，,。；”"]{2,14})[”"]?$/d,
    score: 7,
    make: ({ group }, say) => ({ ...phrase(group(1) + say('什么？'), group(2), null), kind: 'term' }),
  },
  {
    pattern: new RegExp(
      `^([^，,。；]{2,40}?(?:又|也|被|常)?(?:又|也|被)?(?:称为|叫做|称作|称之为))[“"]?([^，,。；”"]{2,14})[”"]?(?:[，,].*)?$`,
      'd',
    ),
    score: 7,
    make: ({ group, plain }, say) =>
      isSubject(plain(1)) ? { ...phrase(group(1) + say('什么？'), group(2), null), kind: 'term' } : null,
  },
  {
    pattern: new RegExp(
      `^(${SUBJECT}${GLOSS}(?:主要|通常|一般)?)由(.{3,60}?)(组成|构成|发明|发现|提出|创立|设计|建立|分泌|编码)(?:的)?(?:[，,].*)?$`,
      'd',
    ),
    score: 7,
    make: ({ group, plain }, say) => {
      const who = /[发提创设]/.test(plain(4));
      return isSubject(plain(2))
        ? phrase(`${group(1)}由${say(who ? '谁' : '什么')}${group(4)}？`, group(3).replace(/[在于]\d.*$/, ''), group(2))
        : null;
    },
  },
  {
    pattern: new RegExp(
      `^(${SUBJECT}${GLOSS}(?:主要|通常|一般|可以|可)?)(分为|分成)(.{4,50}?)(?:这?([两二三四五六七八九十](?:大?[类种]|个[^，,。]{0,4}|部分|大部分)))?$`,
      'd',
    ),
    score: 7,
    make: ({ group, plain }, say) =>
      isSubject(plain(2)) && !/[把将]/.test(plain(2))
        ? phrase(`${group(1)}${group(3)}${group(5) === '' ? say('哪些部分') : `哪${group(5)}`}？`, group(4), group(2))
        : null,
  },
  {
    pattern: new RegExp(`^(${SUBJECT}${GLOSS}(?:主要|通常|一般|还)?)(包括|包含|含有)(.{4,60})$`, 'd'),
    score: 6,
    make: ({ group, plain }, say) =>
      isSubject(plain(2)) ? phrase(`${group(1)}${group(3)}${say('什么')}？`, group(4), group(2)) : null,
  },
  {
    pattern: new RegExp(
      `^(${SUBJECT}${GLOSS}(?:主要|通常|一般|多)?)(位于|发生在|存在于|分布在|分布于|坐落于|储存在|起源于)([^\\d，,][^，,]{1,30})(?:[，,].*)?$`,
      'd',
    ),
    score: 7,
    make: ({ group, plain }, say) =>
      isSubject(plain(2)) ? phrase(`${group(1)}${group(3)}${say('哪里')}？`, group(4), group(2)) : null,
  },
  {
    pattern: new RegExp(`^(${SUBJECT}${GLOSS}(?:主要|通常|一般|常|可|可以)?(?:被)?(?:用来|用于))(.{3,60})$`, 'd'),
    score: 6,
    make: ({ group, plain }, say) =>
      isSubject(plain(2))
        ? phrase(
            /于$/.test(plain(1)) ? `${group(1)}${say('什么')}？` : `${group(1)}${say('做什么')}？`,
            group(3),
            group(2),
          )
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT}${GLOSS}[，,]?是(?!.*的$)([^，,].{3,})$`, 'd'),
    score: 6.5,
    make: ({ group, plain }, say) => {
      if (!isSubject(plain(1)) || /^(?:否|在|从|因为|由|为了|通过|如何|被)/.test(plain(2))) return null;
      const head = plain(2).split(/[，,]/)[0] ?? '';
      return phrase(`${group(1)}是${say(PERSON.test(head) ? '谁' : '什么')}？`, group(2), group(1), true);
    },
  },
  {
    pattern: new RegExp(
      `^(${SUBJECT}${GLOSS}${ADVERBS}(?:${VERBS_ZH})了?)([^，,。；了过着的者量率][^，,。；]{1,40})(?:[，,；].*)?$`,
      'd',
    ),
    score: 5,
    make: ({ group, plain }, say) =>
      isSubject(plain(2)) && !/^(?:它|其|这|自身|自己)/.test(plain(4))
        ? phrase(`${group(1)}${say('什么')}？`, group(4), group(2))
        : null,
  },
];

const ENDS_IN_ASPECT = /[的了着过]$/;

function foundIn(sentence: Sentence, match: RegExpExecArray): Found {
  const range = (n: number): readonly [number, number] => match.indices?.[n] ?? [0, 0];
  return {
    group: (n) => sentence.body.slice(...range(n)).trim(),
    plain: (n) => sentence.shadow.slice(...range(n)).trim(),
  };
}

/** `X在哪一年…？`: in Chinese a question keeps the order of the sentence, so the answer is replaced by its question word. */
function inPlace(sentence: Sentence, term: Term, say: (words: string) => string): Question | null {
  const { body } = sentence;
  const years = body.match(/\d年/g)?.length ?? 0;
  if (term.kind === 'year' && years > 1) return null;
  // "5 or 10": asking for one of the two makes no sense.
  if (
    /^(?:或|至|到|[-–—~～])/.test(body.slice(term.at + term.text.length)) ||
    /[或至到\-–—~～]$/.test(body.slice(0, term.at))
  )
    return null;
  const word = questionWord(term, say);
  if (word === null) return null;
  const before = body.slice(0, term.at);
  const after = body.slice(term.at + term.text.length).replace(before === '' ? /^[，,]/ : /^$/, '');
  return {
    front: `${before}${word}${after}？`,
    back: term.text,
    subject: null,
    defines: false,
    kind: term.kind,
    score: 6,
  };
}

const YEAR_WORDS: readonly (readonly [RegExp, string])[] = [
  [/世[纪紀]$/, '哪个世纪'],
  [/年代$/, '哪个年代'],
  [/[月日]$/, '哪一天'],
  [/年$/, '哪一年'],
];

function questionWord({ kind, text }: Term, say: (words: string) => string): string | null {
  if (kind === 'year') {
    const word = YEAR_WORDS.find(([ending]) => ending.test(text))?.[1];
    return word === undefined ? null : say(word);
  }
  if (kind !== 'number') return null;
  if (/[%％]$/.test(text)) return '百分之多少';
  const unit = text.replace(/^[\d,.]+|^[一二两三四五六七八九十]+/, '').replace(/^[万亿千百]+(?=.)/, '');
  if (unit === '' || /^[万亿千百]$/.test(unit)) return null;
  return say(/^[二两三四五六七八九十](?![百千万亿十])/.test(text) ? '几' : '多少') + unit;
}

/** The questions a Chinese sentence answers, best first. */
export function questionsZh(sentence: Sentence, terms: readonly Term[], traditional: boolean): Question[] {
  const say = (words: string): string => (traditional ? toTraditional(words) : words);
  const questions: Question[] = [];
  for (const { pattern, score, make } of PATTERNS) {
    const match = pattern.exec(sentence.shadow);
    const made = match && make(foundIn(sentence, match), say);
    if (made && !ENDS_IN_ASPECT.test(made.back)) questions.push({ ...made, score });
    if (questions.length > 0) break;
  }
  for (const term of terms) {
    const question = inPlace(sentence, term, say);
    if (question) questions.push(question);
  }
  return questions;
}
