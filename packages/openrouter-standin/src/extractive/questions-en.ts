import type { Question } from './question';
import type { Frequency } from './terms';
import { ANY_FORM, FORMS, PAST_FORMS } from './verbs-en';
import { VERBS_EN } from './words-en';

type Made = Omit<Question, 'score'> | null;
interface Pattern {
  readonly pattern: RegExp;
  readonly score: number;
  readonly make: (groups: readonly string[], lower: (words: string) => string) => Made;
}

const SUBJECT = '((?:The |An? )?[^,;:()]{2,70}?)(?: \\([^)]{1,40}\\))?';
const NO_SUBJECT =
  /^(?:In|On|At|By|For|From|During|After|Before|When|While|If|As|Although|Because|Since|With|Without|Unlike|Under|To|One of|Most|Many|Some|Each|Every|All|No|There|What|How|Its?|This|These|Those|That|They|He|She|We|You|I|Such|Both|Only|Not|Another|About|Until|Through|Among|Over|Near|Between)\b/;
const MAX_SUBJECT_WORDS = 8;

function isSubject(words: string): boolean {
  const list = words.split(' ');
  if (NO_SUBJECT.test(words) || list.length > MAX_SUBJECT_WORDS) return false;
  return !/\b(?:that|which|who|where|when|is|are|was|were|has|have|can|and then)\b/.test(words);
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const phrase = (front: string, back: string, subject: string | null, defines = false): Made => ({
  front,
  back: capital(back),
  subject,
  defines,
  kind: 'phrase',
});

const PERSON =
  /^(?:an?|the) (?:(?!(?:in|of|for|that|to) )[\w-]+ ){0,4}(?:physicist|scientist|chemist|mathematician|philosopher|writer|poet|painter|composer|king|queen|emperor|president|leader|general|engineer|inventor|biologist|astronomer|economist|explorer|monk|botanist|author|historian|physician)(?= (?:and|of|who|from|in|at|known|whose|born)\b|,|$)/;
const isPlural = (subject: string): boolean => / and |[^su]s$/.test(subject) && !/(?:ics|sis|ess)$/.test(subject);
const COUNT = '(\\d[\\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)';

const NOT_OBJECT =
  /^(?:that|as|in|on|at|by|from|to|for|with|when|if|because|its?\b|them\b|into|under|over|and|or|more than ever)\b/;

/** What follows the first comma: the rest of a list, a clause that can be dropped, or unknown. */
function wholeObject(first: string, rest: string): string | null {
  if (
    rest === '' ||
    /^(?:;|, (?:which|where|while|whereas|because|although|so|but|and (?:it|they|this)|making|allowing|causing)\b)/.test(
      rest,
    )
  )
    return first;
  return /^, [^;]*\b(?:and|or) [^,;]+$/.test(rest) && !/ (?:is|are|was|were|that|which) /.test(rest)
    ? first + rest
    : null;
}

const verbOf = (subject: string): boolean =>
  subject
    .split(' ')
    .slice(1)
    .some((word) => VERBS_EN.has(word) && /(?:s|ed)$/.test(word) && !/ss$/.test(word));

const PATTERNS: readonly Pattern[] = [
  {
    pattern:
      /^(.{8,120}?) (is|are|was|were) (also |often |commonly |sometimes |usually )?(?:called|known as|termed|named|referred to as) (?:the |an? )?["“]?([^,;"”]{3,50})["”]?(?:,.*)?$/,
    score: 7.5,
    make: ([, subject = '', be = 'is', also = '', name = ''], lower) =>
      NO_SUBJECT.test(subject) || name.split(' ').length > 5
        ? null
        : {
            front:
              also.trim() === 'also'
                ? `What is another name for ${lower(subject)}?`
                : `What ${be} ${lower(subject)} called?`,
            back: name,
            subject: null,
            defines: false,
            kind: 'term',
          },
  },
  {
    pattern: new RegExp(`^${SUBJECT},? (?:is|are) defined as (.{8,})$`),
    score: 8,
    make: ([, subject = '', what = ''], lower) =>
      isSubject(subject) ? phrase(`How is ${lower(subject)} defined?`, what, subject, true) : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT} stands for (.{4,60})$`),
    score: 7.5,
    make: ([, subject = '', what = ''], lower) =>
      isSubject(subject) ? phrase(`What does ${lower(subject)} stand for?`, what, subject) : null,
  },
  {
    // The name at the end is the answer: `The capital of France is Paris`.
    pattern: /^(The [^,;:()]{2,40}? of [^,;:()]{2,40}?) (is|was) (\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*){0,3})$/u,
    score: 7.5,
    make: ([, subject = '', be = '', name = ''], lower) =>
      isSubject(subject)
        ? { front: `What ${be} ${lower(subject)}?`, back: name, subject, defines: false, kind: 'term' }
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT},? refers? to (.{8,})$`),
    score: 8,
    make: ([, subject = '', what = ''], lower) =>
      isSubject(subject)
        ? phrase(`What ${isPlural(subject) ? 'do' : 'does'} ${lower(subject)} refer to?`, what, subject, true)
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT} (is|are|was|were) (composed of|made up of|made of|divided into) (.{4,})$`),
    score: 7,
    make: ([, subject = '', be = '', verb = '', what = ''], lower) =>
      isSubject(subject) ? phrase(`What ${be} ${lower(subject)} ${verb}?`, what, subject) : null,
  },
  {
    pattern: new RegExp(
      `^${SUBJECT} (is|are|was|were) (located|found|situated|stored) ((?:in|on|at|near|between|along|within|inside) .{3,60})$`,
    ),
    score: 7,
    make: ([, subject = '', be = '', verb = '', where = ''], lower) =>
      isSubject(subject) ? phrase(`Where ${be} ${lower(subject)} ${verb}?`, where, subject) : null,
  },
  {
    pattern: new RegExp(
      `^${SUBJECT} (occurs?|takes? place|happens?) ((?:in|on|at|near|between|along|within|inside) [^\\d].{3,60})$`,
    ),
    score: 7,
    make: ([, subject = '', verb = '', where = ''], lower) =>
      isSubject(subject)
        ? phrase(
            `Where ${/^(?:occurs|takes|happens)/.test(verb) ? 'does' : 'do'} ${lower(subject)} ${verb.replace(/^(occur|take|happen)s/, '$1')}?`,
            where,
            subject,
          )
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT} (is|are|was|were) used ((?:to|for|in) .{4,})$`),
    score: 6.5,
    make: ([, subject = '', be = '', what = ''], lower) =>
      isSubject(subject) ? phrase(`What ${be} ${lower(subject)} used for?`, what, subject) : null,
  },
  {
    pattern: new RegExp(
      `^${SUBJECT} (was|were) (\\w+(?:ed|wn|lt|nt|de|ten)) by ((?:[\\p{Lu}][\\p{L}.'’-]*|and|van|von|de|the)(?: (?:[\\p{Lu}][\\p{L}.'’-]*|and|van|von|de|of|the))*)(?: (?:in|on|during|after) .*)?$`,
      'u',
    ),
    score: 7.5,
    make: ([, subject = '', , verb = '', who = ''], lower) =>
      isSubject(subject)
        ? { front: `Who ${verb} ${lower(subject)}?`, back: who, subject, defines: false, kind: 'term' }
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT} (was|were) (.{4,80}?) in (\\d{4})$`),
    score: 7,
    make: ([, subject = '', be = '', what = '', year = ''], lower) =>
      isSubject(subject)
        ? { front: `In which year ${be} ${lower(subject)} ${what}?`, back: year, subject, defines: false, kind: 'year' }
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT} (${PAST_FORMS}) ([^,;]{3,70}) in (\\d{4})$`),
    score: 7,
    make: ([, subject = '', verb = '', object = '', year = ''], lower) => {
      const base = FORMS.get(verb)?.base;
      if (base === undefined || !isSubject(subject) || NOT_OBJECT.test(object)) return null;
      const front = `In which year did ${lower(subject)} ${base} ${object}?`;
      return { front, back: year, subject, defines: false, kind: 'year' };
    },
  },
  {
    pattern: /^In (\d{4}),? (.{10,150})$/,
    score: 5.5,
    make: ([, year = '', what = '']) => {
      const passive = /^([^,;]{2,60}?) (was|were) ([^,;]{4,100})$/.exec(what);
      const front = passive
        ? `In which year ${passive[2]} ${passive[1]} ${passive[3]}?`
        : `In which year did this happen: ${what}?`;
      return { front, back: year, subject: null, defines: false, kind: 'year' };
    },
  },
  {
    pattern: new RegExp(
      `^${SUBJECT} (has|have|contains?) (?:about |approximately |over |around |exactly )?${COUNT} ([a-z][^,;]{2,50})$`,
    ),
    score: 7,
    make: ([, subject = '', verb = '', count = '', what = ''], lower) =>
      isSubject(subject) && !/^(?:percent|per cent|million|billion|thousand|of)\b/.test(what)
        ? {
            front: `How many ${what} ${/s$/.test(verb) ? 'does' : 'do'} ${lower(subject)} ${/^ha/.test(verb) ? 'have' : 'contain'}?`,
            back: count,
            subject,
            defines: false,
            kind: 'number',
          }
        : null,
  },
  {
    pattern: new RegExp(`^${SUBJECT},? (is|are|was|were) ((?:an?|the|any|one|every) .{6,})$`),
    score: 7,
    make: ([, subject = '', be = '', what = ''], lower) =>
      isSubject(subject) && !verbOf(subject)
        ? phrase(
            `${PERSON.test(what) && /^wa|^we|^is/.test(be) ? 'Who' : 'What'} ${be} ${lower(subject)}?`,
            what,
            subject,
            true,
          )
        : null,
  },
  {
    pattern: new RegExp(
      `^${SUBJECT} ((?:can|may|also|often|usually|mainly|then|always) )?(${ANY_FORM}) ([^,;]{4,110})([,;].*)?$`,
    ),
    score: 5.5,
    make: ([, subject = '', adverb = '', verb = '', first = '', rest = ''], lower) => {
      const form = FORMS.get(verb);
      const object = wholeObject(first, rest);
      if (object === null) return null;
      if (!form || !isSubject(subject) || verbOf(subject) || NOT_OBJECT.test(object)) return null;
      const modal = /can|may/.test(adverb) ? adverb.trim() : null;
      // A bare form after a singular noun is no verb: `light waves`, `the water cycle`.
      if (form.ask === 'do' && modal === null && !isPlural(subject)) return null;
      const ask = modal ?? (form.ask === 'did' ? 'did' : form.ask);
      return phrase(
        `What ${ask} ${lower(subject)} ${form.base}?`,
        / and /.test(object) ? object : object.replace(/ in \d{4}$/, ''),
        subject,
      );
    },
  },
];

/** An adjective made of a name keeps its capital. */
const OF_A_NAME = /(?:an|ese|ish|ch|[^aeiou]i)$/;
const COMMON_NOUN = /(?:tion|sis|ment|ity|ness|gen|ance|ence|phyll|logy|graphy|ing|plasts?|ose|ase|[^su]s|ers?|ors?)$/;

/** `Paris is` is no plural, and `physics is` no name. */
const SINGULAR_NAME = /(?<!ic|si|ti|te|s)s$/;

/** Lower-cases the first word of a sentence unless it is a name. */
export function lowering(text: string, frequency: Frequency): (words: string) => string {
  const has = (word: string, before: string, after: string): boolean =>
    new RegExp(`${before}${word.replace(/[^\w]/g, '.')}${after}`).test(text);
  const named = (word: string): boolean =>
    has(word, '[a-z,;] ', '\\b') || (SINGULAR_NAME.test(word) && has(word, '\\b', ' (?:is|was)\\b'));
  const plural = (word: string): boolean =>
    has(word, '\\b', ' (?:are|were)\\b') && !OF_A_NAME.test(word.replace(/s$/, ''));
  return (words) => {
    const [first = ''] = words.split(' ');
    const lower = first.charAt(0).toLowerCase() + first.slice(1);
    if (!/^[A-Z][a-z'’-]*$/.test(first) || /^[a-z]* [A-Z]/.test(lower + words.slice(first.length))) {
      return /^(?:The|An?)$/.test(first) ? lower + words.slice(first.length) : words;
    }
    const goesOn = / [a-z]/.test(words) && !OF_A_NAME.test(first);
    const seenSmall = new RegExp(`\\b${lower}\\b`).test(text);
    const common =
      /^(?:The|An?)$/.test(first) ||
      (!named(first) && (seenSmall || goesOn || COMMON_NOUN.test(first) || plural(first)));
    return common && frequency(first) > 0 ? lower + words.slice(first.length) : words;
  };
}

/** The questions an English sentence answers, best first. */
export function questionsEn(body: string, lower: (words: string) => string): Question[] {
  const questions: Question[] = [];
  for (const { pattern, score, make } of PATTERNS) {
    const match = pattern.exec(body);
    const made = match && make([...match], lower);
    if (made) questions.push({ ...made, score });
    if (questions.length >= 2) break;
  }
  return questions;
}
