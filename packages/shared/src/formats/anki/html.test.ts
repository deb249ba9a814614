import { textOfHtml } from '../../../../../test/harness/readers/anki';
import { clozeSides, directivesIn, formulasIn } from '../../../../../test/harness/readers/anki-render';
import { clozeHtmlOf, htmlOf } from './html';

const COMMANDS = /href|require|cssId|class|style|input|def|mmlToken|unicode/;

describe('a text in Anki', () => {
  test.each([
    ['a link in a formula', '\\(\\href{javascript:alert(1)}{click}\\) x'],
    ['a link in a formula on its own', '$$\\href{javascript:alert(1)}{click}$$'],
    ['a formula in code', '`\\(\\href{javascript:alert(1)}{x}\\)`'],
    ['a formula in code on its own', '`a` ``\\[\\require{html}\\]``'],
    ['a formula behind a backslash', '\\\\(\\href{javascript:alert(1)}{x}\\)'],
    ['words between halves of two formulas', '\\(a{\\) \\href{javascript:alert(1)}{x} \\(}\\)'],
    ['words behind a sign of a formula', '\\( \\text{\\href{a}{b} and $x$ \\)'],
    ['an end that is a line end of TeX', '\\(a\\\\) \\cssId{answer}{x}\\)'],
    ['a definition', '\\[\\def\\x{\\x\\x}\\x\\]'],
  ])('shows %s as words, none of which is a formula', (_what, text) => {
    const html = htmlOf(text);
    for (const formula of formulasIn(html)) expect(formula).not.toMatch(COMMANDS);
    expect(textOfHtml(html)).toBe(text);
  });

  test('shows mathematics as formulas', () => {
    expect(
      formulasIn(htmlOf('\\(\\frac{a}{b}\\), $x < 50%$ and $$\\{1\\}$$, not `$x$` or \\(\\href{a}{b}\\)')),
    ).toEqual(['\\frac{a}{b}', 'x &lt; 50\\%', '\\{1\\}']);
  });

  test.each([
    '[sound:a.mp3]',
    '[latex]\\input{/etc/passwd}[/latex]',
    '[$]x[/$]',
    '[$$]x[/$$]',
    '[anki:tts lang=en]x[/anki:tts]',
    '[[type:Back]]',
    '[[type:cloze:Text]]',
    '$$sound:a.mp3$$',
    '{{c1::x}} {{type:Back}} {{Front}} {{c1,2::x}}',
  ])('shows %s as words', (text) => {
    const html = htmlOf(text);
    expect(directivesIn(html)).toEqual([]);
    expect(html).not.toContain('{{');
    if (!text.startsWith('$$s')) expect(textOfHtml(html)).toBe(text);
  });
});

describe('a cloze in Anki', () => {
  test.each([
    ['a command that a gap completes', '\\(\\{{c1::href}}{javascript:alert(1)}{x}\\)'],
    ['a command that two gaps make', '\\({{c1::\\hr}}{{c2::ef}}{javascript:alert(1)}{x}\\)'],
    ['a formula that a gap begins', '{{c1::\\(}}\\href{javascript:alert(1)}{x}{{c2::\\)}}'],
    ['a formula that a gap completes', '\\{{c1::(x}}\\href{javascript:alert(1)}{x}\\) {{c2::y}}'],
    ['a link in a hint of a formula', '\\(a {{c1::b::\\href{javascript:alert(1)}{x} }}\\)'],
    ['a formula that a hint leaves open', '\\({{c1::a{::b} }} }\\) \\href{javascript:alert(1)}{x} \\({ }\\)'],
  ])('shows %s as words on both sides of each card', (_what, front) => {
    for (const html of clozeSides(clozeHtmlOf(front)))
      for (const formula of formulasIn(html)) expect(formula).not.toMatch(COMMANDS);
  });

  test.each([
    ['a sound in a hint', '{{c1::x::sound:a.mp3}}'],
    ['LaTeX in a hint', '{{c1::x::latex]\\input{/etc/passwd}[/latex}}'],
    ['an answer to type in a hint', '{{c1::x::[type:Back]}}'],
    ['speech in a hint', '{{c1::x::anki:tts]x[/anki:tts}}'],
    ['a sound around a gap', '[{{c1::sound:a.mp3}}] {{c2::x}}'],
    ['a sound that two gaps make', '{{c1::[so}}{{c2::und:a.mp3]}}'],
    ['an answer to type that a gap completes', '[[{{c1::type:Back}}]] {{c2::x}}'],
    ['a shape over a picture', '{{c1::image-occlusion:rect:left=.1:top=.2}}'],
  ])('shows %s as words on both sides of each card', (_what, front) => {
    const sides = clozeSides(clozeHtmlOf(front));
    expect(sides.length).toBeGreaterThanOrEqual(4);
    for (const html of sides) expect(directivesIn(html)).toEqual([]);
  });

  test('keeps a formula around its gaps', () => {
    const field = clozeHtmlOf('\\(\\frac{ {{c1::a}} }{b} = {{c2::\\alpha::Greek}}\\)');
    expect(field).toBe('\\(\\frac{ {{c1::a}} }{b} = {{c2::\\alpha::Greek}}\\)');
    expect(clozeSides(field).flatMap(formulasIn)).toContain('\\frac{ a }{b} = [Greek]');
  });

  test('keeps a colon at the end of what is hidden out of its hint', () => {
    expect(clozeHtmlOf('{{c1::a&#58;::h}}')).toBe('{{c1::a&#58;::h}}');
  });
});
