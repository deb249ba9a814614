const SEPARATOR = /[\s,，]/;

/**
 * What stands before the answer's own closing brackets after the last brace, or undefined where a text does not end with
 * them. Each step looks at the end alone: a pattern for all of it would try every way to share the blanks out.
 */
export function withoutRestOfAnswer(text: string): string | undefined {
  const answer = withoutEnd(text.trimEnd(), '```');
  const list = withoutEnd(answer, '}', '｝');
  const card = withoutEnd(list, ']', '］');
  return card !== list && /[}｝]/.test(card.slice(-1)) ? card : undefined;
}

/** `text` without the first of `ends` that it ends with, and without the blanks before that. */
function withoutEnd(text: string, ...ends: readonly string[]): string {
  const end = ends.find((one) => text.endsWith(one));
  return end === undefined ? text : text.slice(0, -end.length).trimEnd();
}

/** `text` without the blanks and commas at its end. */
export function withoutSeparators(text: string): string {
  let end = text.length;
  while (end > 0 && SEPARATOR.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
