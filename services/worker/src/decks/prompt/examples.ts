import type { CardType } from '@flashcards/shared/contract/deck';
import type { Candidate } from '../read/candidate';

/**
 * A worked example for the prompt, from a field that nobody studies from texts, so that no card can be copied from
 * it.
 */
export interface Example {
  readonly language: string;
  readonly source: string;
  readonly cards: Readonly<Record<CardType, Candidate>>;
  /** A front that asks two things, and the two that it has to become. */
  readonly compound: { readonly bad: string; readonly good: readonly [string, string] };
}

const english: Example = {
  language: 'en',
  source:
    'A bowline makes a fixed loop at the end of a rope. The knot holds under load and is easy to untie afterwards. ' +
    'The part of a rope that is not used in the knot is called the standing part.',
  cards: {
    basic: {
      quote: 'The knot holds under load and is easy to untie afterwards.',
      type: 'basic',
      front: 'What makes the bowline handy once its load is off?',
      back: 'It is easy to untie',
      choices: null,
      tags: ['knots'],
    },
    reversed: {
      quote: 'The part of a rope that is not used in the knot is called the standing part.',
      type: 'reversed',
      front: 'standing part (rope)',
      back: 'What is not used in the knot',
      choices: null,
      tags: ['rope'],
    },
    cloze: {
      quote: 'A bowline makes a fixed loop at the end of a rope.',
      type: 'cloze',
      front: 'A bowline makes a {{c1::fixed loop}} at the end of a rope.',
      back: '',
      choices: null,
      tags: ['knots'],
    },
    choice: {
      quote: 'A bowline makes a fixed loop at the end of a rope.',
      type: 'choice',
      front: 'What does a bowline give the end of a rope?',
      back: 'A fixed loop',
      choices: ['A running loop', 'A flat bend', 'A round stopper'],
      tags: ['knots'],
    },
  },
  compound: {
    bad: 'What does a bowline make, and when is it easy to untie?',
    good: ['What does a bowline make at the end of a rope?', 'When is a bowline easy to untie?'],
  },
};

const chinese: Example = {
  language: 'zh-Hans',
  source: '称人结在绳端打出一个大小固定的绳圈。它受力后不会滑动，用完也容易解开。绳索中没有参与打结的那一段叫做主绳。',
  cards: {
    basic: {
      quote: '它受力后不会滑动，用完也容易解开。',
      type: 'basic',
      front: '称人结的绳圈承重时会怎样？',
      back: '不会滑动',
      choices: null,
      tags: ['绳结'],
    },
    reversed: {
      quote: '绳索中没有参与打结的那一段叫做主绳。',
      type: 'reversed',
      front: '主绳',
      back: '绳索中没有参与打结的那一段',
      choices: null,
      tags: ['绳索'],
    },
    cloze: {
      quote: '称人结在绳端打出一个大小固定的绳圈。',
      type: 'cloze',
      front: '称人结在绳端打出一个{{c1::大小固定}}的绳圈。',
      back: '',
      choices: null,
      tags: ['绳结'],
    },
    choice: {
      quote: '称人结在绳端打出一个大小固定的绳圈。',
      type: 'choice',
      front: '称人结打出的绳圈有什么特点？',
      back: '大小不变',
      choices: ['越拉越紧', '可以滑动', '两圈并排'],
      tags: ['绳结'],
    },
  },
  compound: {
    bad: '称人结打出什么，以及它为什么好用？',
    good: ['称人结在绳端打出什么？', '称人结用完之后有什么好处？'],
  },
};

const japanese: Example = {
  language: 'ja',
  source:
    'もやい結びはロープの端に大きさの変わらない輪を作る。力がかかっても滑らず、使った後も簡単にほどける。結びに使わない長い部分は元と呼ばれる。',
  cards: {
    basic: {
      quote: '力がかかっても滑らず、使った後も簡単にほどける。',
      type: 'basic',
      front: 'もやい結びの輪は力がかかるとどうなるか。',
      back: '滑らない',
      choices: null,
      tags: ['結び方'],
    },
    reversed: {
      quote: '結びに使わない長い部分は元と呼ばれる。',
      type: 'reversed',
      front: 'ロープの「元」',
      back: '結びに使わない長い部分',
      choices: null,
      tags: ['ロープ'],
    },
    cloze: {
      quote: 'もやい結びはロープの端に大きさの変わらない輪を作る。',
      type: 'cloze',
      front: 'もやい結びはロープの端に{{c1::大きさの変わらない輪}}を作る。',
      back: '',
      choices: null,
      tags: ['結び方'],
    },
    choice: {
      quote: 'もやい結びはロープの端に大きさの変わらない輪を作る。',
      type: 'choice',
      front: 'もやい結びが作る輪の特徴はどれか。',
      back: '大きさが変わらない',
      choices: ['引くと締まる', '自由に滑る', '二重になる'],
      tags: ['結び方'],
    },
  },
  compound: {
    bad: 'もやい結びは何を作り、なぜ便利なのか。',
    good: ['もやい結びはロープの端に何を作るか。', 'もやい結びは使った後にどうなるか。'],
  },
};

/** One example for each family of languages, by the language's first subtag; English for all others. */
export const EXAMPLES = { zh: chinese, ja: japanese, en: english } as const satisfies Record<string, Example>;
export type ExampleFamily = keyof typeof EXAMPLES;

/** The family whose example is nearest to `language`. */
export function familyOf(language: string): ExampleFamily {
  const first = language.split('-')[0]?.toLowerCase() ?? '';
  return isFamily(first) ? first : 'en';
}

const isFamily = (language: string): language is ExampleFamily => Object.hasOwn(EXAMPLES, language);
