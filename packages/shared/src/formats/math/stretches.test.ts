import { stretchesOf } from './stretches';

const seen = (text: string): string[] => stretchesOf(text).map(({ kind, body }) => `${kind} ${body}`);

test.each([
  ['every kind of sign', 'a \\(b\\) \\[c\\] $d$ $$e$$ `f`', ['text a ', 'inline b', 'text  ', 'display c', 'text  ', 'inline d', 'text  ', 'display e', 'text  ', 'code `f`']],
  ['prices', 'from $5 to $10, or $5-$10', ['text from $5 to $10, or $5-$10']],
  ['formulas in code', '`$x$` ``a ` \\(b\\)``', ['code `$x$`', 'text  ', 'code ``a ` \\(b\\)``']],
  ['code that ends on another line', '`a\nb` c', ['text `a\nb` c']],
  ['a sign that does not end', 'a \\( b $$ c', ['text a \\( b $$ c']],
  ['an end behind a line end of TeX', '\\(a \\\\) b\\)', ['inline a \\\\) b']],
  ['braces before the end', '$\\{1\\}$', ['inline \\{1\\}']],
  ['more dollars than a formula has', '$$$a$$$ $$b$$$$c$$', ['text $', 'display a', 'text $ ', 'display b', 'display c']],
  ['a passage that is no formula', 'a \\(\\href{b}{c}\\) d', ['text a \\(\\href{b}{c}\\) d']],
  ['a formula that another one would swallow', '\\(a{\\) b \\(}\\)', ['text \\(a{\\) b \\(}\\)']],
])('%s are told apart', (_what, text, stretches) => {
  expect(seen(text)).toEqual(stretches);
}); // prettier-ignore
