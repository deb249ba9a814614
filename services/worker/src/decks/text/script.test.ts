import { dominantScript, guessLanguage, isWideLanguage, scriptFits } from './script';
import { SIMPLIFIED_ONLY, TRADITIONAL_ONLY } from './language-marks';

describe('the language of a text', () => {
  it.each([
    ['zh-Hans', '光合作用是绿色植物利用光能，把二氧化碳和水转化为有机物的过程。'],
    ['zh-Hant', '光合作用是綠色植物利用光能，把二氧化碳和水轉化為有機物的過程。'],
    ['zh-Hans', '什么是 TCP 三次握手 (three-way handshake)?'],
    ['zh-Hans', '日语里「の」表示所属关系，相当于汉语的“的”，使用非常广泛。'],
    ['ja', '光合成は、植物が光のエネルギーを使って有機物を作る過程である。'],
    ['ja', '東京都は日本国の首都。'],
    ['ko', '광합성은 식물이 빛 에너지를 이용하는 과정이다.'],
    ['en', 'Photosynthesis is the process by which plants make sugar from light.'],
    ['en', 'The word 光合作用 is Chinese for photosynthesis, literally light synthesis action.'],
    ['de', 'Die Photosynthese ist ein Vorgang, bei dem Pflanzen aus Licht und Wasser Zucker herstellen.'],
    [
      'fr',
      "La photosynthèse est le processus par lequel les plantes produisent du sucre avec l'énergie de la lumière.",
    ],
    ['es', 'La fotosíntesis es el proceso por el que las plantas producen azúcar con la energía de la luz.'],
    ['it', 'La fotosintesi è il processo con cui le piante producono zuccheri e ossigeno dalla luce del sole.'],
    ['pt', 'A fotossíntese é o processo pelo qual as plantas produzem açúcar com a energia da luz do sol.'],
    ['ru', 'Фотосинтез — это процесс, в котором растения создают сахар из света.'],
    ['uk', 'Фотосинтез — це процес, у якому рослини утворюють цукор із світла.'],
    ['ar', 'البناء الضوئي هو العملية التي تصنع بها النباتات السكر.'],
    ['el', 'Η φωτοσύνθεση είναι μια διαδικασία.'],
    ['en', 'ATP'],
    ['en', '1 + 1 = 2'],
  ])('is guessed as %s: %s', (language, text) => {
    expect(guessLanguage(text)).toBe(language);
  });
});

describe('whether cards are in the language that was asked for', () => {
  it.each([
    ['zh-Hans', 'TCP 的全称是什么？ Transmission Control Protocol'],
    ['zh-CN', '线粒体是什么？细胞的动力工厂'],
    ['zh-TW', '粒線體是什麼？細胞的發電廠'],
    ['zh', '粒線體是什麼？细胞的发电厂'],
    ['zh-Hans', '“龍”字怎么读？'],
    ['ja', '光合成とは何か。植物が糖を作ること'],
    ['ja', '首都'],
    ['ko', '광합성이란 무엇인가?'],
    ['en', 'What does 光合作用 mean? Photosynthesis'],
    ['sr-Latn', 'Šta je fotosinteza?'],
    ['sr', 'Шта је фотосинтеза?'],
    ['en', '1956'],
    ['x-9', 'quelque chose'],
  ])('%s takes: %s', (language, text) => {
    expect(scriptFits(language, text)).toBe(true);
  });

  it.each([
    ['zh-Hans', 'What is the mitochondrion? The power plant of the cell'],
    ['zh-Hans', '粒線體是什麼？細胞的發電廠'],
    ['zh-Hant', '线粒体是什么？细胞的发电厂'],
    ['zh', '光合成とは何か。植物が糖を作ること'],
    ['ja', '光合作用是植物利用光能制造有机物的过程'],
    ['ko', '光合作用是什么？'],
    ['en', '线粒体是什么？'],
    ['sr-Latn', 'Шта је фотосинтеза?'],
    ['ru', 'What is photosynthesis?'],
  ])('%s does not take: %s', (language, text) => {
    expect(scriptFits(language, text)).toBe(false);
  });

  it('stays right however many languages clients name', () => {
    for (let i = 0; i < 500; i += 1) scriptFits(`zh-x-${i}`, '线');
    expect(scriptFits('en', '线粒体')).toBe(false);
  });
});

it('the dominant script is that of most words, not of most letters', () => {
  expect(dominantScript('三次握手的全称 (three-way handshake)')).toBe('Han');
  expect(dominantScript('the character 的')).toBe('Latin');
  expect(dominantScript('12 + 3')).toBeNull();
});

it('Chinese, Japanese and Korean need the narrow limits only where letters are few to a word', () => {
  expect(['zh', 'zh-Hant', 'ja'].every(isWideLanguage)).toBe(true);
  expect(['en', 'ru', 'ar'].some(isWideLanguage)).toBe(false);
});

it('no character marks both simplified and traditional Chinese', () => {
  expect([...SIMPLIFIED_ONLY].filter((character) => TRADITIONAL_ONLY.has(character))).toEqual([]);
});
