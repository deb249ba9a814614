import { create } from 'content-disposition';

const MAX_CODE_POINTS = 80;
/** What file systems take. */
const MAX_BYTES = 255;
// What a file system or a shell takes for something else; what shows a name other than it is; what nobody sees, but for
// the joiners within a character.
const UNSAFE = /(?!\u200c|\u200d|\ufe0f)[\p{Cc}\p{DI}"*/:<>?\\|\u2028\u2029\ufff9-\uffff]/gu;
// Windows looks at what stands before the first dot.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?=[ .]|$)/i;

/**
 * `Content-Disposition` of a download: the title as a name for browsers, and a name of ASCII for the rest.
 * A title can neither leave the folder, nor hide its ending, nor name a device.
 */
export function attachment(title: string, extension: string): string {
  const ending = `.${extension}`;
  const name = safe(title.toWellFormed(), MAX_BYTES - ending.length);
  const ascii = safe(
    name
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/g, '')
      .replace(/[%;=']/g, ''),
    MAX_BYTES,
  );
  // What is left of a title in Chinese, such as the number of a chapter, names nothing.
  const plain = ascii.length * 2 >= name.length ? ascii : '';
  return create(`${name || 'deck'}${ending}`, { fallback: `${plain || 'deck'}${ending}` });
}

function safe(title: string, maxBytes: number): string {
  const clean = title.replace(UNSAFE, ' ').replace(/\s+/g, ' ');
  const name = clean.replace(/^[ .-]+/, '').replace(DEVICE, '$&-deck');
  return cut(name, maxBytes).replace(/(?<![ .])[ .]+$/, '');
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** As many whole characters, as a reader sees them, as fit. */
function cut(name: string, maxBytes: number): string {
  let [end, points, bytes] = [0, 0, 0];
  for (const { segment } of CHARACTERS.segment(name)) {
    points += [...segment].length;
    bytes += Buffer.byteLength(segment);
    if (points > MAX_CODE_POINTS || bytes > maxBytes) break;
    end += segment.length;
  }
  return name.slice(0, end);
}
