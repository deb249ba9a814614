/**
 * Turns of phrase that spoil a card, by the card's language. Patterns are narrow on purpose, because a match drops
 * the card. Languages without a row are judged by the rules that need no words.
 */
export interface Phrases {
  /** Speaks of the text or its author instead of the thing. */
  readonly meta: RegExp;
  /** Points at what the learner will not see. */
  readonly deictic: RegExp;
  /** Offers answers without showing them; fine on a choice. */
  readonly offers: RegExp;
  /** Begins with, or asks about, a word whose meaning only the text gives. */
  readonly dangling: RegExp;
  /** Asks for nothing in particular. */
  readonly vague: RegExp;
  /** A question that yes or no answers. */
  readonly binary: RegExp;
  /** Yes or no. */
  readonly verdict: RegExp;
  /** Two questions in one. */
  readonly compound: RegExp;
  /** A question word: with one in it, no question is answered by yes or no. */
  readonly asks: RegExp;
  /** Where it stands behind a question word, a second question. */
  readonly asksAgain: RegExp;
}

const NEVER = /(?!)/;

const english: Phrases = {
  meta: /\b(?:according to|in|from|as per) (?:the|this) (?:given |provided )?(?:text|passage|article|excerpt|paragraph|lecture|essay|notes|reading|transcript)\b|\b(?:the|this) (?:text|passage|article|excerpt|paragraph|essay|lecture|author|writer|lecturer|speaker) (?:says?|mentions?|states?|describes?|discuss(?:es)?|claims?|argues?|explains?|lists?|gives?|notes?|suggests?|compares?|presents?|recommends?|believes?|warns?|thinks?|refers?|cites?)\b|\baccording to (?:the|this) (?:author|writer|speaker|lecturer|document|source)\b|\bthe (?:author|passage|article|excerpt)['’]s\b|\bmentioned in the (?:text|passage|article|document)\b|\b(?:described|discussed) by the author\b/i,
  deictic:
    /\b(?:mentioned|described|shown|noted|stated|discussed|listed|explained|given|seen|pictured|defined|said) (?:above|below|earlier|previously|before|here)\b|\b(?:figure|fig\.|table|diagram|slide|page|equation|exercise) \d|\bthe (?:above|aforementioned|foregoing|preceding|following) (?:text|list|statements?|examples?|figure|diagram|table|code|formula|equation|sentences?|steps?|terms?|items?|passage|paragraph|section|process|reaction|definition)\b|\bthis (?:example|figure|diagram|table|picture|graph|list|image|snippet|code|section|chapter|excerpt)\b|\b(?:in|of|from) the (?:above|aforementioned|foregoing)\b/i,
  offers:
    /\b(?:which|what|one|none|all) of (?:the following|these|those)\b|\bthe following (?:options?|answers?|choices?)\b/i,
  dangling:
    /^(?:it|this|these|those|they|he|she|his|her|its|their|such)\b(?! (?:is|was|takes?) (?:called|said|known|true|possible))|^(?:what|why|how|when|where|who|whom|which)\b[^,;:?]{0,24}?\b(?:does|do|did|is|are|was|were|can|could|will|would|has|have|had|must|should) (?:they|he|she|this|these|those|its|their|his|her|it(?! (?:called|that|to|takes?(?! (?:up|in|on|over|part|place|away|out|off))|possible|important|necessary|known|said|better|easier|easy|hard|harder|difficult|useful|costs?|mean|follow|matter|when|if)))\b/i,
  vague:
    /^(?:please )?(?:explain|describe|discuss|summari[sz]e|elaborate on|comment on|write about|outline|talk about|tell me about)\b(?!.{0,240}\?| (?:why|how|what|when|where|which|who|the (?:difference|relation|effect|cause|reason)))|^what (?:is|are) (?:so )?(?:important|interesting|notable|special|significant|remarkable|good) (?:about|to know)\b|^what (?:about|can (?:you|we|one) say|do (?:you|we) (?:know|learn)|should (?:you|we|one) (?:know|remember))\b|^(?:why|how|what|when|where|who|which one|how so|what else)\s*\?*$/i,
  binary:
    /^(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must|true or false)(?:n['’]t)?\b[^?]*\?|^true or false\b/i,
  verdict: /^(?:yes|no|nope|yep|correct|incorrect|it (?:is|does|can)(?: not)?)(?:$|[.!]$|[,;]\s)/i,
  compound:
    /\?[^?]{4,}\?|\b(?:and|or|as well as)\s+(?:also\s+|then\s+)?(?:why|how|what|when|where|who|whom|whose|which|in (?:what|which)|explain|describe|give an? example)\b/i,
  asks: /\b(?:what|which|who|whom|whose|when|where|why|how|or)\b/i,
  asksAgain: NEVER,
};

const ZH_ASKS =
  '(?:什[么麼]|[为為]何|如何|怎[样樣么麼]|哪|[谁誰]|(?<!任)何[时時地处處人种種者]|多少|多[长長大高远遠久]|[几幾](?=[个個种種年次天月岁歲位条條类類步倍层層]))';

/** Where a word of its own may begin: 本文 begins one, and does not in 日本文化. */
const ZH_FREE = '(?:^|[^\\u4E00-\\u9FFF]|[在据據如见見由对對从從])';

const chinese: Phrases = {
  meta: new RegExp(
    [
      `${ZH_FREE}本文(?![化件字学學明物体體])`,
      `${ZH_FREE}原文(?:中|里|裡|提到|指出)`,
      `${ZH_FREE}文中`,
      '[课課]文',
      '文章(?:中|里|裡|提到|提及|[认認][为為]|指出|介[绍紹]|描述|[说說]|的(?:作者|[观觀][点點]|主[题題]))',
      '作者(?:[认認][为為]|提到|提及|指出|[说說]|[觉覺]得|在文|[对對].{0,8}(?:看法|[态態]度)|的[观觀][点點])',
      '(?:材料|文本|[资資]料|[笔筆][记記])(?:提到|指出|[认認][为為])',
      '(?:^|[，。：])(?:材料|[资資]料|[笔筆][记記])(?:中|里|裡)',
      '(?:根[据據]|依[据據]|按照)(?:文本|文章|材料|[资資]料|段落|短文|全文|文段|[内內]容)(?![科力]?[学學])',
      '[這这该該此][段篇](?:文|[话話]|材料|短文)|[这這]篇',
    ].join('|'),
  ),
  deictic: new RegExp(
    [
      '如上(?=[所述图圖表，,])|上述|前述|前文(?=提|所|已|中|[说說])|前面提到|上面(?:提到|所[说說]|[说說]的)',
      `${ZH_FREE}[上下]文(?![化件字学學明物])`,
      '如[图圖](?=[所示，,。、\\d\\s是中]|$)|[见見][下上]?[图圖表]',
      `${ZH_FREE}[上下][图圖表](?![书書像形层層面明示现現达達])`,
      `${ZH_FREE}[图圖]中|${ZH_FREE}[图圖表]\\s?\\d`,
      `${ZH_FREE}本[节節章段](?![约約奏目气氣程])`,
      '以上(?:[内內]容|所述|材料|[说說]法)|如下(?:所示|[图圖]|表)|[这這]里[说說提]',
    ].join('|'),
  ),
  offers: /(?<![\d度岁歲℃米元级級%])(?:以下|下列|下面)(?:哪|各|[几幾]|[说說]法|[选選][项項]|[关關]于|不)/,
  dangling:
    /^(?:[为為]什[么麼]|什[么麼][时時]候|何[时時]|如何|怎[样樣么麼]|[谁誰]|[当當在])?(?:它[们們]?|他(?![汀人乡鄉国國克莫达達])[们們]?|她[们們]?|[这這](?!样|樣)|[该該](?!隐)|此(?![外类類])|其(?![他它余餘实實次中间間])|那(?![么麼不曲达達])|前者|[后後]者|[两兩]者|二者)/,
  vague:
    /^(?:[请請])?(?:[谈談][谈談]|[简簡]述|[论論]述|[试試]述|[说說][说說]|介[绍紹]|概述|描述|[简簡]要|[阐闡]述|解[释釋]|[总總][结結]|[说說]明)(?!.{0,240}(?:[？?]|什[么麼]|[为為]何|如何|怎|哪|原因|[区區][别別]))|^(?:[为為]什[么麼]|是?什[么麼]|怎[么麼][样樣]?|如何|哪[个個]|[谁誰]|什[么麼]意思)[？?]*$|有什[么麼](?:值得|需要)?(?:注意|了解|[关關]注)的[？?]?$|(?:怎[么麼]看|有何(?:看法|感想))/,
  binary:
    /是否|是不是|[对對]不[对對]|有[没沒]有|能不能|可不可以|[会會]不[会會]|(?:[吗嗎])[？?。]?$|[对對][吗嗎]|正[确確]与否/,
  verdict:
    /^(?:是的?|不是|否|[对對]的?|不[对對]|正[确確]|[错錯][误誤]?|能|不能|可以|不可以|不[会會]|[没沒]有)[。，,.！!]?$/,
  compound: /[？?][^？?]{3,}[？?]|[并並](?:[说說]明|解[释釋]|[举舉]例|[简簡]述|指出|比[较較])/,
  asks: new RegExp(ZH_ASKS),
  asksAgain: new RegExp(`(?:[，,；;]|以及|[并並]|[还還]有|和|[与與]|又).{0,16}${ZH_ASKS}`),
};

const JA_ASKS = '(?:何|なに|なぜ|どこ|いつ|誰|だれ|どの|どう|どれ|どんな|いくつ|いくら)';
const japanese: Phrases = {
  meta: /本文|文中|筆者|著者(?:は|が|によ)|この(?:文章|記事|文|段落)|テキスト(?:では|によ)|文章(?:中|では|によ)/,
  deictic: /上記|下記|前述|後述|以下の(?:文|図|表)|図\s?\d|表\s?\d|この(?:図|表|例)/,
  offers: /次の(?:うち|中)|以下の(?:うち|中)/,
  dangling: /^(?:それ|これ|彼女?|彼ら|その|この|あの|あれ)(?!ぞれ)/,
  vague:
    /(?:について)?(?:説明|述べ|論じ|まとめ)(?:よ|なさい|てください|る)[。．]?$|^(?:なぜ|何|どう|いつ)(?:ですか|か)?[。？?]*$/,
  binary: /かどうか|正しい(?:です)?か[。？?]?$/,
  verdict: /^(?:はい|いいえ|正しい|誤り|そうです)[。.]?$/,
  compound: /[？?][^？?]{3,}[？?]/,
  asks: new RegExp(JA_ASKS),
  asksAgain: new RegExp(`[、，].{0,16}${JA_ASKS}`),
};

const KO_ASKS = '(?:무엇|무슨|왜|언제|어디|누구|누가|어떻게|어느|어떤|얼마|몇)';
const korean: Phrases = {
  meta: /본문|이 글|글쓴이|저자(?:는|가|에)|지문|이 문서/,
  deictic: /위의|아래의|앞서 (?:말|언급)|그림 ?\d|표 ?\d/,
  offers: /다음 중|아래 중/,
  dangling: /^(?:그것|이것|그는|그녀|그들|이는|이 것)/,
  vague: /(?:설명|서술|논)하(?:시오|라|세요)[.]?$|^(?:왜|무엇|언제|어떻게)[?？]*$/,
  binary: /인지 아닌지|(?:맞습니까|맞나요|옳은가)[?？]?$/,
  verdict: /^(?:예|네|아니오|아니요|맞다|틀리다)[.]?$/,
  compound: /[?？][^?？]{3,}[?？]/,
  asks: new RegExp(KO_ASKS),
  asksAgain: new RegExp(`(?:,|고 |며 |그리고 ).{0,20}${KO_ASKS}`),
};

const other: Phrases = {
  ...{
    meta: NEVER,
    deictic: NEVER,
    offers: NEVER,
    dangling: NEVER,
    vague: NEVER,
    binary: NEVER,
    asks: NEVER,
    asksAgain: NEVER,
  },
  verdict: /^(?:yes|no|ja|nein|oui|non|sí|si|sim|não|да|нет)[.!]?$/iu,
  compound: /\?[^?]{4,}\?/,
};

const BY_LANGUAGE = new Map([
  ['en', english],
  ['zh', chinese],
  ['ja', japanese],
  ['ko', korean],
]);

/** The first subtag of a BCP-47 tag, in small letters. */
export const primary = (language: string): string => (language.split('-')[0] ?? '').toLowerCase();

/** The phrases to look for on cards of `language`. */
export const phrasesOf = (language: string): Phrases => BY_LANGUAGE.get(primary(language)) ?? other;

/** Orders to a model. A text that holds them wants to be obeyed, not learned. */
export const ORDERS =
  /\b(?:ignore|disregard|forget) (?:all |any |the |your |every ){0,5}(?:previous|prior|above|earlier|preceding) \w|\bsystem (?:prompt|message)\b|\byou are (?:now )?an? (?:assistant|ai\b|language model|chatbot|helpful)|\bas an ai\b|\b(?:output|print|reveal|repeat|show) (?:me )?(?:your|the) (?:\w{1,30} )?(?:prompt|instructions)\b|(?:忽略|无视|無視|忘[记記掉]).{0,10}(?:指令|指示|提示|要求|命令|[规規][则則])|系[统統]提示|你(?:[现現]在)?是(?:一[个個名])?(?:AI|人工智能|[语語]言模型|助手)/i;
