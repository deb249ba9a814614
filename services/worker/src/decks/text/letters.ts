/** Where each script's letters are. Ranges are coarse: marks and digits inside a script's block count with it. */
const RANGES = [
  ['Latin', 0x41, 0x5a],
  ['Latin', 0x61, 0x7a],
  ['Latin', 0xaa, 0xaa],
  ['Latin', 0xba, 0xba],
  ['Latin', 0xc0, 0xd6],
  ['Latin', 0xd8, 0xf6],
  ['Latin', 0xf8, 0x2af],
  ['Latin', 0x1e00, 0x1eff],
  ['Latin', 0xff21, 0xff3a],
  ['Latin', 0xff41, 0xff5a],
  ['Greek', 0x370, 0x3ff],
  ['Greek', 0x1f00, 0x1fff],
  ['Cyrillic', 0x400, 0x52f],
  ['Other', 0x530, 0x58f],
  ['Hebrew', 0x590, 0x5ff],
  ['Arabic', 0x600, 0x60b],
  ['Arabic', 0x60d, 0x61a],
  ['Arabic', 0x620, 0x6d3],
  ['Arabic', 0x6d5, 0x6ff],
  ['Arabic', 0x750, 0x77f],
  ['Devanagari', 0x900, 0x963],
  ['Devanagari', 0x966, 0x97f],
  ['Other', 0x980, 0xdff],
  ['Thai', 0xe00, 0xe7f],
  ['Other', 0xe80, 0x10ff],
  ['Hangul', 0x1100, 0x11ff],
  ['Other', 0x1200, 0x139f],
  ['Other', 0x1780, 0x18af],
  ['Han', 0x3005, 0x3007],
  ['Kana', 0x3041, 0x3096],
  ['Kana', 0x30a1, 0x30fa],
  ['Kana', 0x30fc, 0x30ff],
  ['Hangul', 0x3131, 0x318e],
  ['Han', 0x3400, 0x4dbf],
  ['Han', 0x4e00, 0x9fff],
  ['Hangul', 0xac00, 0xd7a3],
  ['Han', 0xf900, 0xfaff],
  ['Kana', 0xff66, 0xff9d],
  // First halves of the surrogate pairs of the rare Chinese characters; second halves count as nothing.
  ['Han', 0xd840, 0xd8bf],
] as const;

export type Script = (typeof RANGES)[number][0];
export const SCRIPTS = [...new Set(RANGES.map(([script]) => script))];
const DIGIT = 100;
export const MARK = 101;

/** Class of every UTF-16 code unit: 0 for none, else a script's place in SCRIPTS and one, a digit or a mark. */
const CLASSES = new Uint8Array(0x10000);
for (const [script, first, last] of RANGES) CLASSES.fill(SCRIPTS.indexOf(script) + 1, first, last + 1);
CLASSES.fill(DIGIT, 0x30, 0x3a);
CLASSES.fill(DIGIT, 0xff10, 0xff1a);
CLASSES.fill(MARK, 0x300, 0x370);

/** Class of the code unit at `at`; 0 where there is no letter, digit or mark. */
export const classAt = (text: string, at: number): number => CLASSES[text.charCodeAt(at)] ?? 0;
export const scriptOfClass = (kind: number): Script | undefined => SCRIPTS[kind - 1];
/** Scripts written without blanks: their characters, not their words, are counted. */
export const UNSPACED: ReadonlySet<Script | undefined> = new Set<Script>(['Han', 'Kana']);
const UNSPACED_CLASS = Uint8Array.from({ length: 256 }, (_, kind) => (UNSPACED.has(scriptOfClass(kind)) ? 1 : 0));
/** Whether a class is of a script written without blanks. */
export const isUnspaced = (kind: number): boolean => UNSPACED_CLASS[kind] === 1;
