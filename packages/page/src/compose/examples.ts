/** Texts to try the page with, written for it. */
export const EXAMPLES = {
  zh: `# 光合作用

光合作用是指绿色植物利用光能，把二氧化碳和水转化为有机物并释放氧气的过程。叶绿体是植物细胞中进行光合作用的细胞器。叶绿素主要吸收红光和蓝紫光，因此叶片看起来是绿色的。

光反应发生在类囊体薄膜上，它把光能转化为储存在三磷酸腺苷中的化学能。暗反应又称为卡尔文循环，它在叶绿体基质中把二氧化碳固定为糖。1961年，梅尔文·卡尔文因阐明这一循环获得诺贝尔化学奖。

影响光合作用速率的主要因素包括光照强度、温度和二氧化碳浓度。气孔是叶片表面的小孔，它控制气体的进出。蒸腾作用是指水分从叶片表面以水蒸气的形式散失的过程。`,
  en: `# Plate tectonics

Plate tectonics is the theory that the outer shell of the Earth is divided into plates that glide over the mantle. The lithosphere is the rigid outer layer of the Earth, which includes the crust and the upper mantle. The asthenosphere is the weak layer below it, on which the plates move.

A divergent boundary is a place where two plates move apart and new crust is formed. The Mid-Atlantic Ridge is a divergent boundary that runs for about 16,000 kilometres. A subduction zone is a place where one plate sinks below another into the mantle.

Alfred Wegener proposed continental drift in 1912. Seafloor spreading was described by Harry Hess in 1962. The Ring of Fire is a belt around the Pacific Ocean that holds about 75 percent of the active volcanoes of the world.`,
} as const;
