import { isFormula, texOf } from './formula';

test.each([
  'x', 'a < b', 'a_1 \\cdot b^{2}', '\\frac{a}{\\sqrt[3]{x}}', '\\{1, 2\\}', '\\left( \\alpha \\right)', '\\ce{H2O}',
  '\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}', '\\begin{align*} a &= b \\end{align*}', '50\\%', '50%', '\\text{if } x > 0',
  '\\operatorname*{arg\\,max}_x', '\\mathbb{R}', "f'(x)", '面积 = \\pi r^2', 'a\nb', 'x = {{c1::y}}', '\\frac{ {{c1::a::top}} }{b}',
])('%j is a formula', (body) => {
  expect(isFormula(body)).toBe(true);
}); // prettier-ignore

test.each([
  ['links', '\\href{javascript:alert(1)}{x}'],
  ['links by a name of its own', '\\url{https://evil.example}'],
  ['loads an extension', '\\require{html}'],
  ['reads a file', '\\input{/etc/passwd}'],
  ['shows a picture', '\\includegraphics{https://evil.example/x.png}'],
  ['sets a class', '\\class{answer}{x}'],
  ['sets an id', '\\cssId{answer}{x}'],
  ['sets a style', '\\style{position:fixed}{x}'],
  ['sets an attribute', '\\mmlToken{mi}[href="javascript:alert(1)"]{x}'],
  ['sets a background', '\\bbox[background:url(//evil.example)]{x}'],
  ['writes a sign by its number', '\\unicode{x202E}'],
  ['defines a command', '\\def\\x{\\x\\x}\\x'],
  ['defines a command, the newer way', '\\newcommand{\\x}[1]{#1#1}\\x{\\x{y}}'],
  ['uses an argument', 'a #1'],
  ['begins what is not known', '\\begin{filecontents}x\\end{filecontents}'],
  ['begins nothing', '\\begin x'],
  ['writes letters by number', '^^5cinput{/etc/passwd}'],
  ['begins a formula in it', '\\text{a \\(b}'],
  ['begins a formula in it with a dollar', '\\text{$x$}'],
  ['begins code in it', 'a ` b'],
  ['ends in half a sign', 'a \\'],
  ['leaves a brace open', 'a { b'],
  ['closes a brace before it opens one', 'a } { b'],
  ['is blank', ' \n'],
  ['has a control character', 'a\u0008b'],
  ['is one only with what a gap hides', '\\{{c1::href}}{javascript:alert(1)}{x}'],
  ['is another command with what a gap hides', '\\in{{c1::put}}{/etc/passwd}'],
  ['is another command with what two gaps hide', '{{c1::\\in}}{{c2::put}}{/etc/passwd}'],
  ['hints at what it must not', 'x {{c1::y::\\href{javascript:alert(1)}{x} }}'],
  ['is whole only while a gap hides nothing', 'a {{c1::b{::c} }}}'],
  ['has a gap that does not end', 'a {{c1::b'],
])('a passage that %s is none', (_what, body) => {
  expect(isFormula(body)).toBe(false);
});

test('a percent sign hides nothing behind it', () => {
  expect(texOf('50% of \\% and \\\\%')).toBe('50\\% of \\% and \\\\\\%');
});
