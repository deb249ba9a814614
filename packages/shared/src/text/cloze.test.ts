import { questionFor, hasClozeMarkers, hiddenWords, parseCloze, withoutMarkers } from './cloze';

describe("clozes in Anki's grammar", () => {
  it('hide words and may give a hint', () => {
    const front = 'The {{c1::nucleus::part}} holds {{c2::DNA}}.';
    expect(hiddenWords(front)).toEqual(['nucleus', 'DNA']);
    expect(withoutMarkers(front)).toBe('The nucleus holds DNA.');
  });

  it('may hide two places under one number, and ask them together', () => {
    const parts = parseCloze('{{c1::A}} and {{c1::B}} but {{c2::C}}') ?? [];
    expect(questionFor(parts, 1)).toBe(' […]  and  […]  but C');
    expect(questionFor(parts, 2)).toBe('A and B but  […] ');
  });

  it('name words that are hidden twice once', () => {
    expect(hiddenWords('{{c1::x}} = {{c2::x}}')).toEqual(['x']);
  });

  it('show two colons and two braces that were written as entities', () => {
    expect(withoutMarkers('{{c1::std&#58;&#58;vector}} and {{c2::a&#125;&#125;}}')).toBe('std::vector and a}}');
  });

  it('may hold a formula whose braces are kept apart', () => {
    expect(hiddenWords('{{c1::\\frac{a}{\\sqrt{x} } }}')).toEqual(['\\frac{a}{\\sqrt{x} }']);
  });
});

describe('clozes that Anki would not show as meant are refused', () => {
  it.each([
    ['nothing hidden', 'plain sentence'],
    ['an empty place', 'a {{c1::}} b'],
    ['a blank place with a hint', 'a {{c1:: ::hint}} b'],
    ['number zero', '{{c0::a}}'],
    ['numbers that do not begin at 1', '{{c2::a}}'],
    ['numbers with a gap', '{{c1::a}} {{c3::b}}'],
    ['an unclosed place', '{{c1::a'],
    ['an unclosed place before another', '{{c1::a {{c2::b}}'],
    ['nesting', '{{c1::a {{c2::b}} c}}'],
    ['two hints, or a name with colons', '{{c1::std::vec::tor}}'],
    ['a formula cut short by its own braces', '{{c1::\\frac{a}{\\sqrt{x}}}}'],
    ['a formula whose last brace is taken for the end', '{{c1::\\frac{a}{b}}}'],
    ['braces left over', 'a }} {{c1::b}}'],
    ['a number left out', '{{c::a}} {{c1::b}}'],
    ['a list of numbers, which older Ankis do not know', '{{c1,2::a}}'],
  ])('%s', (_name, front) => {
    expect(parseCloze(front)).toBeNull();
    expect(hiddenWords(front)).toEqual([]);
    expect(withoutMarkers(front)).toBe(front);
  });
});

it('markers are noticed where none belong', () => {
  expect(hasClozeMarkers('What is {{c1::x}}?')).toBe(true);
  expect(hasClozeMarkers('What is {x}?')).toBe(false);
});
