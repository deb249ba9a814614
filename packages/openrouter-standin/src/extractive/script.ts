/** Which writing a text is mostly in. */
export type Script = 'han' | 'latin' | 'other';

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

export const hanLetters = (text: string): number => count(text, /\p{Script=Han}/gu);
export const latinLetters = (text: string): number => count(text, /\p{Script=Latin}/gu);

/** A Han character says about as much as three Latin letters. */
const HAN_WEIGHT = 3;

export function scriptOf(text: string): Script {
  const letters = count(text, /\p{L}/gu);
  const han = hanLetters(text);
  const latin = latinLetters(text);
  const other = letters - han - latin;
  if (other > Math.max(han, latin)) return 'other';
  // Kana beside Han is Japanese, which is cut into words in another way.
  if (count(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu) * 5 > letters) return 'other';
  return han * HAN_WEIGHT > latin ? 'han' : 'latin';
}

const OTHER_SCRIPTS = new Set(
  'ja ko ru uk bg sr mk be el ar fa ur he hi bn ta te th ka hy am km lo my si ne mr gu pa'.split(' '),
);

/** The writing that a BCP-47 tag asks for. */
export function scriptOfLanguage(tag: string): Script {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  if (primary === 'zh' || primary === 'yue') return 'han';
  return OTHER_SCRIPTS.has(primary) ? 'other' : 'latin';
}

// Pairs of traditional and simplified characters, as far as the word lists and patterns need them.
const PAIRS =
  '稱称為为組组構构發发現现創创設设計计類类個个種种於于產产釋释導导調调節节儲储運运輸输進进護护響响決决處处屬属測测證证實实採采統统維维傳传遞递連连覆覆佔占經经過过從从對对與与這这該该們们雖虽當当會会將将還还則则無无來来後后時时間间開开關关質质過过學学術术國国網网絡络體体論论電电機机業业據据務务說说應应動动變变化化廣广續续點点條条東东氣气應应點点層层級级話话頭头認认識识讓让邊边歷历義义萬万億亿雙双壓压幾几哪哪裡里麼么選选項项適适誰谁紀纪';
const simplified = new Map<string, string>();
const traditional = new Map<string, string>();
for (let i = 0; i + 1 < PAIRS.length; i += 2) {
  const [trad, simple] = [PAIRS.charAt(i), PAIRS.charAt(i + 1)];
  if (trad === simple) continue;
  simplified.set(trad, simple);
  traditional.set(simple, trad);
}

const mapped = (text: string, pairs: ReadonlyMap<string, string>): string => {
  let out = '';
  for (let i = 0; i < text.length; i += 1) out += pairs.get(text.charAt(i)) ?? text.charAt(i);
  return out;
};

/** The text with known traditional characters simplified; unit for unit, so positions stay. */
export const simplify = (text: string): string => mapped(text, simplified);
export const toTraditional = (text: string): string => mapped(text, traditional);

const TRADITIONAL_MARKS = /[稱組構發現個種產導這該們對與會將還時間關學國體論電機說應動變點條氣層識讓]/g;

export const isTraditional = (text: string): boolean => count(text, TRADITIONAL_MARKS) * 30 > hanLetters(text);
