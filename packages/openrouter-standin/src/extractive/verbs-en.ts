/** Verbs whose object can be asked for, with what follows them. */
const ASKED =
  'absorb|produce|release|cause|store|contain|convert|carry|control|regulate|measure|protect|provide|form|require|generate|reflect|support|transport|transmit|determine|influence|prevent|reduce|increase|create|consume|emit|represent|describe|study|govern|surround|cover|enable|depend on|lead to|result in|belong to|react with|divide into|rely on|consist of|combine|use|break down|filter|deliver|connect|bind|link|pump|lower|raise|remove|destroy|attract|repel|stimulate|inhibit|replace|express|discover|invent|introduce|propose|publish|establish|found|defeat|develop|build|write|argue';
const third = (verb: string): string => {
  const [base = '', ...rest] = verb.split(' ');
  const form = /(?:s|x|z|ch|sh)$/.test(base)
    ? `${base}es`
    : /[^aeiou]y$/.test(base)
      ? `${base.slice(0, -1)}ies`
      : `${base}s`;
  return [form, ...rest].join(' ');
};
const past = (verb: string): string => {
  const [base = '', ...rest] = verb.split(' ');
  const irregular: Record<string, string> = {
    build: 'built',
    write: 'wrote',
    lead: 'led',
    bind: 'bound',
    break: 'broke',
  };
  const form =
    irregular[base] ??
    (/e$/.test(base) ? `${base}d` : /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ied` : `${base}ed`);
  return [form, ...rest].join(' ');
};
/** Each form of these verbs: its base, and what a question puts before it. */
export const FORMS = new Map<string, { base: string; ask: 'does' | 'do' | 'did' }>();
for (const base of ASKED.split('|')) {
  FORMS.set(past(base), { base, ask: 'did' });
  FORMS.set(third(base), { base, ask: 'does' });
  if (!FORMS.has(base)) FORMS.set(base, { base, ask: 'do' });
}

/** For a pattern: any past form, any form at all. */
export const PAST_FORMS = ASKED.split('|').map(past).join('|');
export const ANY_FORM = [...FORMS.keys()].sort((a, b) => b.length - a.length).join('|');
