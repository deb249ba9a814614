import { phrasesOf, type Phrases } from './phrases';

const RULES: readonly (keyof Phrases)[] = ['meta', 'deictic', 'offers', 'dangling', 'vague', 'compound'];
const found = (language: string, front: string): string[] =>
  RULES.filter((rule) => phrasesOf(language)[rule].test(front));

describe('a good question is not taken for a bad one by a word that it holds', () => {
  it.each([
    'How long does it take light to travel from the Sun to the Earth?',
    'What is it called when a solid turns into a gas?',
    'What happens to water when it freezes?',
    'When a star runs out of fuel, what does it become?',
    'What is the difference between mitosis and meiosis?',
    'Which layer of the Earth lies above the mantle?',
    'What was the name of the following king of France?',
    'Explain plans in SQL show what kind of scan?',
    'Which article of the constitution protects free speech?',
    'Why do leaves change their colour and fall in autumn?',
    'Where does the document object model keep its nodes?',
  ])('%s', (front) => expect(found('en', front)).toEqual([]));

  it.each([
    '日本文化受到哪个朝代的影响最深？',
    '脚本文件以什么扩展名结尾？',
    '英文中表示复数的常见词尾是什么？',
    '复合材料中的纤维起什么作用？',
    '从材料科学的角度看，什么决定强度？',
    '例如上海属于哪种行政区？',
    '例如图书馆属于哪类建筑？',
    '在地图中，等高线代表什么？',
    '史前文明以什么为工具？',
    '成本节约最多的方法是哪种？',
    '坐标轴上1格代表1个什么单位？',
    '以上表明酶具有什么特性？',
    '解释器如何执行源代码？',
    '说明文的主要特点是什么？',
    '他莫昔芬用于治疗什么疾病？',
    '那不勒斯位于哪个国家？',
    '其他条件不变时，价格上升会怎样影响需求？',
    '零度以下哪种状态的水最稳定？',
    '叶片上面的气孔有什么作用？',
    '达芬奇在笔记中画了什么机器？',
  ])('%s', (front) => expect(found('zh-Hans', front)).toEqual([]));
});

describe('and a bad one is found all the same', () => {
  it.each([
    ['en', 'How does it take up water?', 'dangling'],
    ['en', 'What does the passage say about bees?', 'meta'],
    ['en', 'Explain photosynthesis.', 'vague'],
    ['zh-Hans', '本文介绍了什么？', 'meta'],
    ['zh-Hans', '根据本文，蜜蜂吃什么？', 'meta'],
    ['zh-Hans', '在文中，谁发现了青霉素？', 'meta'],
    ['zh-Hans', '材料中提到的国家是哪个？', 'meta'],
    ['zh-Hans', '如图所示，A点是什么？', 'deictic'],
    ['zh-Hans', '由表2可知，什么最高？', 'deictic'],
    ['zh-Hans', '如上所述，什么最高？', 'deictic'],
    ['zh-Hans', '本节的重点是什么？', 'deictic'],
    ['zh-Hans', '解释光合作用。', 'vague'],
    ['zh-Hans', '下列哪项正确？', 'offers'],
    ['ja', 'それは何ですか。', 'dangling'],
    ['ja', '筆者は何を述べているか。', 'meta'],
    ['ko', '이 글의 주제는 무엇인가?', 'meta'],
    ['ko', '그것은 무엇인가?', 'dangling'],
  ])('%s: %s', (language, front, rule) => expect(found(language, front)).toContain(rule));
});
