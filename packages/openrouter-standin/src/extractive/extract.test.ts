import type { CardType, Wanted } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import { TEXTS } from '../fixtures/texts';
import { extractCards } from './extract';

const wanted = (change: Partial<Wanted> = {}): Wanted => ({
  cards: 10,
  types: ['basic', 'cloze'],
  language: null,
  difficulty: 'medium',
  answerLength: 'medium',
  focus: '',
  kept: [],
  ...change,
});
const cardsOf = (text: string, change: Partial<Wanted> = {}): DraftCard[] =>
  extractCards({ text, wanted: wanted(change) });
const texts = Object.entries(TEXTS);
const isHan = (name: string): boolean => name.includes('Zh');
const han = (text: string): number => text.match(/\p{Script=Han}/gu)?.length ?? 0;
const latin = (text: string): number => text.match(/[A-Za-z]/g)?.length ?? 0;
const fold = (text: string): string => text.toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, '');
const CLOZE = /\{\{c1::([^{}:]+)\}\}/;

const TYPE_SETS: CardType[][] = [
  ['basic'],
  ['reversed'],
  ['cloze'],
  ['choice'],
  ['basic', 'cloze'],
  ['basic', 'reversed', 'cloze', 'choice'],
];
const cases = texts.flatMap(([name, text]) => TYPE_SETS.map((types) => [name, types.join('+'), text, types] as const));

describe.each(cases)('%s as %s', (name, _types, text, types) => {
  const cards = cardsOf(text, { types, cards: 12 });

  it('makes cards, all of the types asked for', () => {
    // Only what a text defines makes a term and its definition.
    expect(cards.length).toBeGreaterThanOrEqual(types.join() === 'reversed' ? 1 : 4);
    for (const card of cards) expect(types).toContain(card.type);
  });

  it('quotes the text word for word', () => {
    for (const { quote } of cards) {
      expect(text).toContain(quote);
      expect(quote.length).toBeGreaterThanOrEqual(isHan(name) ? 6 : 12);
    }
  });

  it('keeps sides short, filled and in the language of the text', () => {
    for (const { front, back, type } of cards) {
      expect(front.length).toBeLessThanOrEqual(isHan(name) ? 80 : 200);
      expect(back.length).toBeLessThanOrEqual(isHan(name) ? 120 : 320);
      if (type !== 'cloze') expect(back.trim()).not.toBe('');
      if (isHan(name)) expect(han(front + back)).toBeGreaterThanOrEqual(latin(front + back));
      else expect(latin(front + back)).toBeGreaterThan(han(front + back));
    }
  });

  it('never gives the answer away', () => {
    for (const card of cards) {
      const hidden = CLOZE.exec(card.front)?.[1] ?? '';
      const [answer, question] =
        card.type === 'cloze' ? [hidden, card.front.replace(CLOZE, ' ')] : [card.back, card.front];
      expect(fold(answer)).not.toBe('');
      expect(fold(question)).not.toContain(fold(answer));
    }
  });

  it('shapes each type as its contract says', () => {
    for (const { type, front, back, choices } of cards) {
      if (type === 'cloze') expect([CLOZE.test(front), back]).toEqual([true, '']);
      else expect(front).not.toContain('{{');
      if (type !== 'choice') expect(choices).toBeNull();
      else {
        expect(choices?.length).toBeGreaterThanOrEqual(2);
        expect(choices?.length).toBeLessThanOrEqual(4);
        expect(new Set([...(choices ?? []), back]).size).toBe((choices?.length ?? 0) + 1);
      }
    }
  });

  it('makes no card twice', () => {
    expect(new Set(cards.map(({ front, back }) => `${front}\n${back}`)).size).toBe(cards.length);
    expect(new Set(cards.map(({ front }) => front)).size).toBe(cards.length);
  });
});

describe('the extractive model', () => {
  it.each(texts)('makes ten cards from %s, spread over it', (_name, text) => {
    const cards = cardsOf(text);
    expect(cards).toHaveLength(10);
    const places = cards.map(({ quote }) => text.indexOf(quote));
    expect(places.filter((at) => at < text.length / 2).length).toBeGreaterThanOrEqual(3);
    expect(places.filter((at) => at >= text.length / 2).length).toBeGreaterThanOrEqual(3);
    expect(new Set(places).size).toBeGreaterThanOrEqual(9);
  });

  it.each(texts)('says the same again for %s', (_name, text) => {
    expect(JSON.stringify(cardsOf(text))).toBe(JSON.stringify(cardsOf(text)));
  });

  it.each(texts)('never repeats a kept front of %s', (_name, text) => {
    const kept = cardsOf(text, { cards: 6 }).map(({ front }) => front);
    for (const { front } of cardsOf(text, { kept, cards: 12 })) expect(kept).not.toContain(front);
  });

  it.each([
    ['a'],
    [''],
    ['光'],
    ['？！'],
    ['Why not?'],
    ['{{c1::x}}'],
    ['\ud83d'],
    ['word '.repeat(500)],
    ['甲是乙，'.repeat(500)],
  ])('makes nothing out of nothing: %p', (text) => expect(cardsOf(text)).toEqual([]));

  it('translates nothing', () => {
    expect(cardsOf(TEXTS.heartEn, { language: 'zh-Hans' })).toEqual([]);
    expect(cardsOf(TEXTS.photosynthesisZh, { language: 'en' })).toEqual([]);
    expect(cardsOf(TEXTS.silkRoadZhHant, { language: 'zh-Hant' }).length).toBeGreaterThan(0);
  });

  it('makes cards of the half of a text that is written like the wanted language, whichever half comes first', () => {
    const english = 'Photosynthesis is the process by which plants turn light into sugar.';
    const chinese = '叶绿体是植物细胞中进行光合作用的细胞器。';
    for (const text of [`${english} ${chinese}`, `${chinese}${english}`, `${chinese}\n\n${english}`]) {
      const [zh, en] = [cardsOf(text, { language: 'zh-Hans' }), cardsOf(text, { language: 'en' })];
      expect(new Set(zh.map(({ quote }) => quote))).toEqual(new Set([chinese]));
      expect(new Set(en.map(({ quote }) => quote))).toEqual(new Set([english]));
      expect(zh.map(({ front }) => front)).toContain('叶绿体是什么？');
      expect(en.map(({ front }) => front)).toContain('What is photosynthesis?');
    }
  });

  it.each([
    ['Mitochondria are the powerhouse of the cell.', 'What are mitochondria?'],
    ['Paris is the capital of France.', 'What is Paris?'],
    ['The capital of France is Paris.', 'What is the capital of France?'],
    ['DNA stands for deoxyribonucleic acid.', 'What does DNA stand for?'],
    ['Newton discovered gravity in 1687.', 'In which year did Newton discover gravity?'],
    ['The heart pumps blood.', 'What does the heart pump?'],
    ['Water boils at 100 degrees Celsius.', 'Water boils at {{c1::100 degrees}} Celsius.'],
    ['HTTP 是一种无状态的应用层协议。', '什么是HTTP？'],
    ['李白是唐代诗人。', '李白是谁？'],
    ['La photosynthèse produit du sucre.', 'La {{c1::photosynthèse}} produit du sucre.'],
  ])('has something to ask of a single sentence: %s', (text, front) => {
    expect(cardsOf(text, { language: null }).map((card) => card.front)).toContain(front);
  });

  it.each([
    [
      'Interviewer: What is a well?\nGeologist: A well reaches an aquifer.\nGeologist: An aquifer holds water.',
      'Geologist',
    ],
    ['The library lends out 3000册图书 a week. 图书馆每周借出3000册图书。', '册图书'],
    ['海森堡提出了不确定性原理。', '性原理'],
    ['Brazil borders nearly all others.', 'others'],
    ['DNA stands for deoxyribonucleic acid.', 'DNA stands'],
  ])('hides no word that nobody would learn: %s', (text, word) => {
    for (const language of ['en', 'zh-Hans'])
      for (const { front, back } of cardsOf(text, { language })) {
        expect(front).not.toContain(`{{c1::${word}}}`);
        expect(back).not.toBe(word);
      }
  });

  it('asks a fact once, by a question or by a gap', () => {
    const cards = cardsOf('Alfred Wegener proposed continental drift in 1912. The capital of France is Paris.');
    for (const answer of ['1912', 'Paris'])
      expect(cards.filter(({ front, back }) => `${front} ${back}`.match(`::${answer}}|${answer}$`))).toHaveLength(1);
  });

  it('asks in the characters of the text', () => {
    const fronts = cardsOf(TEXTS.silkRoadZhHant, { types: ['basic'] }).map(({ front }) => front);
    expect(fronts).toContain('什麼是絲綢之路？');
    expect(fronts.join('')).not.toMatch(/[么个种哪]里|什么/);
  });

  it('turns to the focus first', () => {
    const cards = cardsOf(TEXTS.moneyEn, { cards: 3, focus: 'monopoly' });
    expect(cards.some(({ quote }) => quote.includes('monopoly'))).toBe(true);
  });

  it('asks natural questions', () => {
    const pairs = Object.fromEntries(
      cardsOf(TEXTS.heartEn, { types: ['basic'] }).map(({ front, back }) => [front, back]),
    );
    expect(pairs['What is the sinoatrial node?']).toBe('A group of cells that sets the rhythm of the heartbeat');
    expect(pairs['How many chambers does the human heart have?']).toBe('four');
    const chinese = Object.fromEntries(
      cardsOf(TEXTS.machineLearningZh, { types: ['basic'] }).map(({ front, back }) => [front, back]),
    );
    expect(chinese['神经网络由什么组成？']).toBe('输入层、隐藏层和输出层');
  });

  it('has as many cards for a long chunk as were asked for', () => {
    const text = `${TEXTS.photosynthesisZh}\n\n${TEXTS.machineLearningZh}\n\n`.repeat(6).slice(0, 3500);
    expect(cardsOf(text, { cards: 15 })).toHaveLength(15);
  });
});

it('asks a table one card a fact, by the names of its row and column, and offers what stands in the same column', () => {
  const text =
    '| Country | Capital | Currency |\n| --- | :-: | --- |\n| Brazil | Brasilia | Real |\n| Peru | Lima | Sol |\n| Chile | Santiago | Peso |';
  const basic = cardsOf(text, { types: ['basic'], cards: 20 });
  expect(basic).toHaveLength(6);
  expect(basic).toContainEqual(
    expect.objectContaining({ front: 'What is the capital of Peru?', back: 'Lima', quote: '| Peru | Lima | Sol |' }),
  );
  const [choice] = cardsOf(text, { types: ['choice'], cards: 1 });
  expect(choice?.choices).toHaveLength(2);
});
