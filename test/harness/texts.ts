/** Texts written for these tests. */
export const CHINESE = `# 光合作用

光合作用是指绿色植物利用光能把二氧化碳和水转化为有机物并释放氧气的过程。叶绿体是植物细胞中进行光合作用的细胞器。叶绿素主要吸收红光和蓝紫光，因此叶片看起来是绿色的。

光反应发生在类囊体薄膜上，它把光能转化为储存在三磷酸腺苷中的化学能。暗反应又称为卡尔文循环，它在叶绿体基质中把二氧化碳固定为糖。1961年，梅尔文·卡尔文因为阐明这一循环获得诺贝尔化学奖。

影响光合作用速率的主要因素包括光照强度、温度和二氧化碳浓度。气孔是叶片表面的小孔，它控制气体的进出。蒸腾作用是指水分从叶片表面以水蒸气的形式散失的过程。`;

export const ENGLISH = `# Plate tectonics

Plate tectonics is the theory that the outer shell of the Earth is divided into plates that glide over the mantle. The lithosphere is the rigid outer layer of the Earth, which includes the crust and the upper mantle. The asthenosphere is the weak layer below it, on which the plates move.

A divergent boundary is a place where two plates move apart and new crust is formed. The Mid-Atlantic Ridge is a divergent boundary that runs for about 16,000 kilometres. A subduction zone is a place where one plate sinks below another into the mantle.

Alfred Wegener proposed continental drift in 1912. Seafloor spreading was described by Harry Hess in 1962. The Ring of Fire is a belt around the Pacific Ocean that holds about 75 percent of the active volcanoes of the world.`;

/** What breaks careless offsets: a BOM, CRLF, decomposed letters, an emoji of several code points, full-width signs. */
export const AWKWARD = `\uFEFFCafe\u0301 culture is the habit of meeting in a cafe\u0301 to talk and read.\r\nA scientist 👩‍🔬 is a person who studies nature by observing and testing it.\r\nＡＴＰ is the molecule that carries energy inside a cell：it is made in mitochondria.\r\nA naı\u0308ve guess is an estimate that is made without any evidence at all.\r\n`;

/** A long Chinese text of exactly `length` characters whose sentences differ. */
export function longChinese(length: number): string {
  const things = ['细胞膜', '线粒体', '核糖体', '高尔基体', '液泡', '溶酶体', '细胞核', '内质网', '中心体', '细胞壁'];
  const does = [
    '控制物质进出',
    '为细胞提供能量',
    '合成蛋白质',
    '加工和运输蛋白质',
    '储存水分和养分',
    '分解衰老的结构',
    '保存遗传物质',
    '连接各种膜结构',
    '参与细胞分裂',
    '支持和保护细胞',
  ];
  let text = '';
  for (let i = 0; text.length < length; i += 1) {
    const thing = things[i % 10] as string;
    const other = things[(i * 7 + 3) % 10] as string;
    text += `第${i + 1}号观察记录的${thing}是指能够${does[(i + Math.floor(i / 10)) % 10]}的结构，它在${1900 + i}年的实验中与${other}一起被研究。`;
    if (i % 6 === 5) text += '\n\n';
  }
  return text.slice(0, length);
}
