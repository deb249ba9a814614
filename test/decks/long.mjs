// Long texts: an encyclopaedia of places and people that nobody has heard of, so that no two sentences say the same.

const CHARS = 200_000;

/**
 * The same numbers every time: each below the one that is asked for.
 * @typedef {(below: number) => number} Random
 *
 * @param {number} seed
 * @returns {Random}
 */
function seeded(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EN = 'bar kel mor tan dus vel ron sil gar pen lom has wid fen cor bel'.split(' ');
const ZH = '阿巴达尔法格哈伊卡拉玛娜奥帕萨塔维雅泽布德弗科鲁米诺佩里斯图温';

/** @type {(random: Random) => string} */
const nameEn = (random) => {
  const word = [1, 2, 3].map(() => EN[random(16)]).join('');
  return word.charAt(0).toUpperCase() + word.slice(1);
};
/** @type {(random: Random) => string} */
const nameZh = (random) => Array.from({ length: 4 }, () => ZH[random(ZH.length)]).join('');

/** @typedef {(name: () => string, n: Random) => string} Sentence */

/** @type {Sentence[]} */
const ENGLISH = [
  (name, n) => `${name()} is a lake that covers ${n(900) + 20} square kilometres in the province of ${name()}.`,
  (name, n) => `The river ${name()} was first mapped in ${n(300) + 1600} by the explorer ${name()}.`,
  (name) => `The town of ${name()} is known for the copper mines near ${name()}.`,
  (name, n) => `${name()} is a mineral that melts at ${n(2000) + 300} degrees and was named after ${name()}.`,
  (name) => `The philosopher ${name()} was a pupil of ${name()} and founded a school in ${name()}.`,
];
/** @type {Sentence[]} */
const CHINESE = [
  (name, n) => `${name()}湖是${name()}省最大的湖泊，面积约为${n(900) + 20}平方公里。`,
  (name, n) => `${name()}河由探险家${name()}于${n(300) + 1600}年发现。`,
  (name) => `${name()}镇以${name()}附近的铜矿闻名。`,
  (name, n) => `${name()}石是一种矿物，熔点约为${n(2000) + 300}摄氏度。`,
  (name) => `哲学家${name()}是${name()}的学生，在${name()}城建立了学派。`,
];

/**
 * Chapters with headings and paragraphs of five sentences, of the wanted length.
 * @param {Sentence[]} sentences
 * @param {typeof headingEn} heading
 * @param {(random: Random) => string} makeName
 */
function written(sentences, heading, makeName) {
  const random = seeded(7);
  const name = () => makeName(random);
  let out = '';
  for (let chapter = 1; out.length < CHARS; chapter += 1) {
    out += `${heading(chapter, name())}\n\n`;
    for (let paragraph = 0; paragraph < 6; paragraph += 1)
      out += `${sentences.map((one) => one(name, random)).join(heading === headingEn ? ' ' : '')}\n\n`;
  }
  return out.slice(0, CHARS);
}
/** @type {(chapter: number, name: string) => string} */
const headingEn = (chapter, name) => `# Chapter ${chapter}: ${name}`;
/** @type {typeof headingEn} */
const headingZh = (chapter, name) => `# 第${chapter}章 ${name}`;

/** The texts to measure with, and how many cards to want. */
export function longTexts() {
  const [en, zh] = [written(ENGLISH, headingEn, nameEn), written(CHINESE, headingZh, nameZh)];
  return [
    { name: 'English', language: 'en', text: en, cards: 100 },
    { name: 'Chinese', language: 'zh-Hans', text: zh, cards: 100 },
    { name: 'English, few cards', language: 'en', text: en, cards: 20 },
  ];
}
