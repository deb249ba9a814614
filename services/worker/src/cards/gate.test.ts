import { DEFAULT_OPTIONS, type Options } from '@flashcards/shared/contract/job';
import type { Candidate } from './candidate';
import { Gate, REASONS, type ReasonCode } from './gate';
import { Source } from './ground';

const ENGLISH =
  'Chlorophyll absorbs red and blue light. Photosynthesis releases oxygen. In 1779 Jan Ingenhousz showed that it needs ' +
  'light. The Calvin cycle has three phases and takes place in the stroma. Use std::vector for lists. It costs 1,200 euros.';
const CHINESE =
  '光合作用是绿色植物利用光能制造有机物的过程。叶绿素主要吸收红光和蓝紫光。暗反应发生在叶绿体基质中，1950年代由卡尔文阐明。';
const ALL_TYPES = ['basic', 'reversed', 'cloze', 'choice'] as const;

const gateFor = (text: string, language: string, options: Partial<Options> = {}, tags: string[] = []): Gate =>
  new Gate({
    ...{ source: new Source(text), language, tags, seed: 'job-1' },
    options: { ...DEFAULT_OPTIONS, types: ALL_TYPES, ...options },
  });
const english = (options?: Partial<Options>): Gate => gateFor(ENGLISH, 'en', options);
const chinese = (options?: Partial<Options>): Gate => gateFor(CHINESE, 'zh-Hans', options);

const EN: Candidate = {
  quote: 'Chlorophyll absorbs red and blue light.',
  type: 'basic',
  front: 'Which colours does chlorophyll take up?',
  back: 'Red and blue',
  choices: null,
  tags: [],
};
const ZH: Candidate = {
  ...EN,
  quote: '叶绿素主要吸收红光和蓝紫光',
  front: '叶绿素吸收哪些颜色的光？',
  back: '红光和蓝紫光',
};
const CLOZE: Candidate = {
  ...EN,
  type: 'cloze',
  front: 'Chlorophyll absorbs {{c1::red}} and {{c2::blue}} light.',
  back: '',
};
const CHOICE: Candidate = { ...EN, type: 'choice', choices: ['Green', 'Yellow', 'Infrared'] };

const offer = (gate: Gate, candidate: unknown): string => {
  const verdict = gate.offer(candidate, { start: 0, end: ENGLISH.length });
  return 'card' in verdict ? 'kept' : verdict.reason;
};

describe('a good card is kept', () => {
  it.each([
    ['basic', EN],
    ['cloze', CLOZE],
    ['choice', CHOICE],
    [
      'a term and its definition',
      { ...EN, type: 'reversed', front: 'chlorophyll', back: 'what absorbs red and blue light' },
    ],
    ['a short answer that chance puts in the question', { ...EN, front: 'Is it in red or blue that C is?', back: 'C' }],
    [
      'an answer that is part of a longer word of the question',
      { ...EN, front: 'Which colours does the environment give?', back: 'iron' },
    ],
    [
      'a number that the source writes as a word',
      { ...EN, quote: 'The Calvin cycle has three phases', front: 'How many phases are there?', back: '3' },
    ],
    [
      'a number with other thousands',
      { ...EN, quote: 'It costs 1,200 euros.', front: 'What is the price?', back: '1200 euros' },
    ],
    [
      'a name with colons, hidden as entities',
      { ...CLOZE, quote: 'Use std::vector for lists.', front: 'Use {{c1::std&#58;&#58;vector}} for lists.' },
    ],
  ])('%s', (_name, candidate) => {
    expect(offer(english(), candidate)).toBe('kept');
  });

  it.each([
    ['basic', ZH],
    ['cloze', { ...ZH, type: 'cloze', front: '叶绿素主要吸收{{c1::红光}}和{{c2::蓝紫光}}。', back: '' }],
    ['choice', { ...ZH, type: 'choice', choices: ['绿光', '黄光'] }],
    ['with a name in Latin letters', { ...ZH, front: '卡尔文 (Melvin Calvin) 阐明了什么反应？', back: '暗反应过程' }],
  ])('in Chinese: %s', (_name, candidate) => {
    expect(offer(chinese(), candidate)).toBe('kept');
  });
});

type Case = readonly [name: string, gate: () => Gate, candidates: readonly unknown[]];

/** What each reason is for; the last of the candidates is the one that is dropped. */
const DROPPED: Readonly<Record<ReasonCode, readonly Case[]>> = {
  schema: [
    ['no card at all', english, ['text']],
    ['a type that nobody asked for', () => english({ types: ['cloze'] }), [EN]],
  ],
  over_count: [['more than were wanted', () => english({ cards: 1 }), [EN, CLOZE]]],
  empty: [
    ['no question', english, [{ ...EN, front: ' ' }]],
    ['no answer', english, [{ ...EN, back: '' }]],
    ['only a label', english, [{ ...EN, back: 'Answer: ' }]],
    ['only HTML and what cannot be seen', english, [{ ...EN, back: '<br>&nbsp;\u200B' }]],
  ],
  too_long: [
    ['a long question', english, [{ ...EN, front: `Which colours ${'really '.repeat(30)}?` }]],
    ['a long Chinese question', chinese, [{ ...ZH, front: `叶绿素${'到底'.repeat(40)}吸收什么？` }]],
    ['a long answer', () => english({ answer_length: 'short' }), [{ ...EN, back: 'red and blue, '.repeat(6) }]],
    ['a long Chinese answer', () => chinese({ answer_length: 'short' }), [{ ...ZH, back: '红光和蓝光，'.repeat(7) }]],
    ['a long wrong answer', english, [{ ...CHOICE, choices: ['Green', 'far too long '.repeat(20)] }]],
    ['a long cloze', english, [{ ...CLOZE, front: `${CLOZE.front}${' and so on'.repeat(30)}` }]],
    ['a quote of half a book', english, [{ ...EN, quote: ENGLISH.repeat(3) }]],
  ],
  cloze_syntax: [
    ['a cloze that hides nothing', english, [{ ...CLOZE, front: 'Chlorophyll absorbs red.' }]],
    ['a cloze that is not closed', english, [{ ...CLOZE, front: 'Chlorophyll absorbs {{c1::red.' }]],
    [
      'a name of the source cut in two by its colons',
      english,
      [{ ...CLOZE, quote: 'Use std::vector for lists.', front: 'Use {{c1::std::vector}} for lists.' }],
    ],
    ['markers in a question', english, [{ ...EN, front: 'Which {{c1::colours}}?' }]],
    ['markers in an answer', english, [{ ...EN, back: '{{c1::red}}' }]],
  ],
  choice_invalid: [
    ['one wrong answer', english, [{ ...CHOICE, choices: ['Green'] }]],
    ['five wrong answers', english, [{ ...CHOICE, choices: ['a', 'b', 'c', 'd', 'e'] }]],
    ['none', english, [{ ...CHOICE, choices: null }]],
    ['the right one among the wrong', english, [{ ...CHOICE, choices: ['Green', 'RED  and blue.'] }]],
    ['the same twice', english, [{ ...CHOICE, choices: ['Green', 'green', 'Yellow'] }]],
    ['an empty one', english, [{ ...CHOICE, choices: ['Green', ' '] }]],
    ['all of the above', english, [{ ...CHOICE, choices: ['Green', 'All of the above'] }]],
    ['none of these', english, [{ ...CHOICE, choices: ['Green', 'none of these'] }]],
    ['all of the above in Chinese', chinese, [{ ...ZH, type: 'choice', choices: ['绿光', '以上都是'] }]],
    ['none of the above in Chinese', chinese, [{ ...ZH, type: 'choice', choices: ['绿光', '以上皆非'] }]],
  ],
  wrong_language: [
    ['English for Chinese', chinese, [{ ...EN, quote: ZH.quote }]],
    ['Chinese for English', english, [{ ...ZH, quote: EN.quote }]],
    [
      'traditional for simplified Chinese',
      chinese,
      [{ ...ZH, front: '葉綠素主要吸收哪些顏色的光？', back: '紅光和藍紫光' }],
    ],
  ],
  leak: [
    ['the answer in the question', english, [{ ...EN, front: 'Which colours, red and BLUE, does it take up?' }]],
    ['the answer in the question in Chinese', chinese, [{ ...ZH, front: '红光和蓝紫光由什么吸收？' }]],
    [
      'the answer in the question in other words',
      english,
      [{ ...EN, front: 'What makes oxygen when photosynthesis releases it?', back: 'Photosynthesis releases oxygen' }],
    ],
    [
      'the term in its definition',
      english,
      [{ ...EN, type: 'reversed', front: 'chlorophyll', back: 'Chlorophyll takes up red light' }],
    ],
    ['the right choice in the question', english, [{ ...CHOICE, front: 'Is it red and blue that it takes up?' }]],
    [
      'hidden words that stand elsewhere',
      english,
      [{ ...CLOZE, front: 'Chlorophyll absorbs {{c1::light}}, mostly red light.' }],
    ],
    [
      'hidden words that another place shows',
      english,
      [{ ...CLOZE, front: '{{c1::Chlorophyll}} is {{c2::chlorophyll}}, no doubt.' }],
    ],
    ['a hint that tells', english, [{ ...CLOZE, front: 'Chlorophyll absorbs {{c1::red::red or green}} light.' }]],
    [
      'hidden words that stand elsewhere in Chinese',
      chinese,
      [{ ...ZH, type: 'cloze', front: '{{c1::红光}}就是红光。', back: '' }],
    ],
  ],
  not_grounded: [
    ['no quote', english, [{ ...EN, quote: undefined }]],
    ['a quote that is not in the text', english, [{ ...EN, quote: 'Chlorophyll is green, as everyone knows.' }]],
    ['a quote too short to prove anything', english, [{ ...EN, quote: 'Chlorophyll' }]],
    ['a short Chinese quote', chinese, [{ ...ZH, quote: '叶绿素主要' }]],
    ['a quote that is long only by its dots', english, [{ ...EN, quote: 'light……………………' }]],
    [
      'an invented year',
      english,
      [
        {
          ...EN,
          quote: 'In 1779 Jan Ingenhousz showed that it needs light.',
          front: 'When was it shown?',
          back: 'In 1797',
        },
      ],
    ],
    ['an invented number in Chinese', chinese, [{ ...ZH, back: '红光和蓝紫光，共2种' }]],
    [
      'an invented number in a cloze',
      english,
      [{ ...CLOZE, front: 'Chlorophyll absorbs {{c1::red}} light at 680 nm.' }],
    ],
  ],
  duplicate: [
    ['the same card', english, [EN, EN]],
    [
      'the same card in other letters',
      english,
      [EN, { ...EN, front: EN.front.toUpperCase(), quote: ENGLISH.slice(0, 60) }],
    ],
    [
      'the same card whose answer is a sign',
      english,
      [
        { ...EN, back: '∑' },
        { ...EN, back: '∑', quote: ENGLISH.slice(0, 60) },
      ],
    ],
    [
      'nearly the same words',
      english,
      [
        EN,
        {
          ...EN,
          front: 'So which colours does chlorophyll take up?',
          back: 'red and blue light',
          quote: ENGLISH.slice(0, 60),
        },
      ],
    ],
    [
      'nearly the same words in Chinese',
      chinese,
      [ZH, { ...ZH, front: '叶绿素会吸收哪些颜色的光？', back: '红光和蓝紫光。', quote: CHINESE.slice(20, 40) }],
    ],
    [
      'the same words hidden in the same quote',
      english,
      [
        { ...CLOZE, front: 'Chlorophyll absorbs {{c1::red}} light.' },
        { ...CLOZE, front: 'It is {{c1::red}} that chlorophyll, a pigment, likes.' },
      ],
    ],
    [
      'another question for the same answer of the same quote',
      english,
      [EN, { ...EN, front: 'What does the pigment of leaves like?' }],
    ],
  ],
};

describe.each(Object.entries(DROPPED))('dropped as %s', (reason, cases) => {
  it.each(cases)('%s', (_name, makeGate, candidates) => {
    const gate = makeGate();
    const verdicts = candidates.map((candidate) => offer(gate, candidate));
    expect(verdicts.slice(0, -1)).toEqual(Array(candidates.length - 1).fill('kept'));
    expect(verdicts.at(-1)).toBe(reason);
    expect(gate.dropped).toEqual({ [reason]: 1 });
  });
});

describe('what is not the same is kept', () => {
  it.each([
    ['the same question with another answer', EN, { ...EN, back: 'Mostly blue' }],
    ['the question from the other side', EN, { ...EN, front: 'What takes up red and blue?', back: 'Chlorophyll' }],
    [
      'the same answer from another quote',
      { ...EN, back: 'light' },
      {
        ...EN,
        front: 'What did Ingenhousz show to be needed?',
        back: 'light',
        quote: 'Jan Ingenhousz showed that it needs light.',
      },
    ],
    [
      'another hidden word of the same sentence',
      { ...CLOZE, front: 'Chlorophyll absorbs {{c1::red}} and blue light.' },
      { ...CLOZE, front: 'Chlorophyll absorbs red and {{c1::blue}} light.' },
    ],
  ])('%s', (_name, first, second) => {
    const gate = english();
    expect([offer(gate, first), offer(gate, second)]).toEqual(['kept', 'kept']);
    expect(new Set(gate.kept.map(({ id }) => id)).size).toBe(2);
  });
});

it('every rule that drops cards is a sentence that the prompt can print', () => {
  for (const { rule } of Object.values(REASONS)) expect(rule).toMatch(/^[A-Z].{20,}\.$/);
});
