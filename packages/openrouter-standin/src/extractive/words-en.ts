const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter(Boolean));

/** Words that end a run of nouns. */
export const STOP_EN = list(`
a an the this that these those it its they them their he him his she her we us our you your i my who whom whose which what when where why how
and or but nor so yet if then than because although though while whereas since unless until as of in on at by for from to into onto over under between among through during before after above below about against along across around behind beside beyond near off out up down with within without upon toward towards via per despite except including
is are was were be been being am do does did has have had can could may might must shall should will would not no yes
very more most much many few less least some any all each every both either neither other another such same own only just also too even still already always often usually sometimes never again once here there now today however therefore thus hence moreover furthermore instead rather almost nearly approximately roughly mainly mostly largely typically generally commonly early late later first second third last next new old high low large small big great good bad long short important different similar various several certain known common main major minor single whole entire full half together apart away back around far well ever soon thereby whereby called named termed like unlike due able likely unlikely one two three four five six seven eight nine ten hundred thousand million billion
rich free able available possible necessary essential strong weak hot cold warm cool deep
faster slower higher lower larger smaller greater bigger better worse longer shorter older younger stronger weaker heavier lighter hotter colder nearer
`);

const BASES = `absorb accept achieve answer forward arrive translate encrypt decrypt guarantee route overwhelm assign encode decode collide sink act add affect aid allow appear apply argue arise ask assist attack attract avoid balance base become begin believe belong bind block break bring build burn carry catch cause change circulate collapse collect combine come compare compete compose compress compute conduct connect consider consist consume contain continue contract contribute control convert cool correct cover create cut decide decline decrease define defeat deliver depend describe destroy determine develop die differ digest disappear discover display dissolve divide draw drive drop earn eat emerge emit employ enable encourage end engage enjoy ensure enter erupt establish estimate evaporate evolve exceed exchange exist expand explain explode express extend extract fail fall favour favor feed fight fill filter find fit flow focus follow force form freeze gain gather generate get give go govern grow guide happen harm heat help hold hunt identify improve include increase indicate influence inhibit insert interact introduce invent invest involve join keep kill know lack launch lay lead learn leave let lie limit link live lose lower maintain make match mean measure melt move multiply need observe obtain occupy occur offer open operate orbit originate overcome own pass pay perform place plant play power precede predict prefer prevent print process produce promote propose protect prove provide publish pull pump push put raise range reach react read receive recognize recognise record reduce refer reflect refract regulate reign reject release rely remain remove repeat replace represent require resist respond rest result return reveal revolve rise rotate rule run say see seek seem select sell send separate serve set shape share show shrink sign slow solve speak speed spend spread start stay steal stimulate stop store strengthen strike study suffer suggest supply support surround survive take teach tell tend test think train transfer transform transmit transport travel treat trigger try turn understand use utilize vary visit want warm wear weaken win work write yield`;

const IRREGULAR = `became began bound broke brought built came caught chose dealt drew drove ate fell fed fought found flew froze gave went grew held kept knew laid led left lost made meant met paid rose ran said saw sought sold sent showed shown shrank spoke spent spread stood stole struck took taught told thought understood wore won wrote written driven given taken known grown drawn broken chosen frozen fallen eaten become begun`;

const inflect = (base: string): string[] => {
  const stem = base.replace(/e$/, '');
  const third = /(?:s|x|z|ch|sh)$/.test(base)
    ? `${base}es`
    : /[^aeiou]y$/.test(base)
      ? `${base.slice(0, -1)}ies`
      : `${base}s`;
  return [base, third, `${stem}ed`, `${stem}ing`, /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ied` : base];
};

/** Verbs in their forms; some are nouns as well, and are given up for that. */
export const VERBS_EN: ReadonlySet<string> = new Set([
  ...BASES.split(/\s+/).flatMap(inflect),
  ...IRREGULAR.split(/\s+/),
]);

const NOT_PARTICIPLE = list('seed speed breed need reed bed red blood hundred seabed weed feed greed embed');
const NOT_ADVERB = list('family assembly supply italy anomaly butterfly july monopoly fly jelly belly ally rally');
const ING_NOUN = list('king ring spring string wing lightning building meaning ceiling engineering');

/** A word that cannot be part of a term: function word, verb form, adverb. */
export function breaksRunEn(word: string): boolean {
  const lower = word.toLowerCase();
  if (STOP_EN.has(lower) || (VERBS_EN.has(lower) && lower === word)) return true;
  if (/ed$/.test(lower) && !NOT_PARTICIPLE.has(lower)) return true;
  if (/ly$/.test(lower) && !NOT_ADVERB.has(lower)) return true;
  return /ing$/.test(lower) && lower === word && !ING_NOUN.has(lower);
}

/** Hidden words that ask for nothing in particular. */
export const VAGUE_EN: ReadonlySet<string> = list(`
name names others thing things part parts way ways form forms type types kind kinds amount amounts example examples result results
value values input inputs output outputs layer layers row rows column columns table side sides surface inner outer
life people person language languages world day days time times year years place places use uses role roles area areas
`);

export const NOUN_ENDING_EN =
  /(?:tion|sion|ment|ity|ism|sis|ase|gen|phyll|plast|plasts|logy|ness|ance|ence|ics|ture|dom|ship|graph|meter|metre|scope|oxide|ides?|ium|ose|osome|osomes|cell|cells|acid|acids|or|ors|er|ers|ist|ists|ency|ancy|age|theory|wave|waves|law|laws|rate|war|act|empire|river|ocean)$/i;
export const ADJECTIVE_ENDING_EN = /(?:al|ic|ive|ous|ful|less|ary|able|ible|ish|ar|ient|ant|iest|est)$/i;
