// Own code: the client depends on nothing.

/** What file systems take. */
const MAX_BYTES = 255;
// What a file system or a shell takes for something else; what shows a name other than it is; what nobody sees, but for
// the joiners within a character.
const UNSAFE = /(?!\u200c|\u200d|\ufe0f)[\p{Cc}\p{Cs}\p{DI}"*/:<>?\\|\u2028\u2029\ufff9-\uffff]/gu;
// Windows looks at what stands before the first dot.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?=[ .]|$)/i;
const ENDING = /\.[a-z\d]{1,16}$/i;

/**
 * The file name of `Content-Disposition`: the extended form when there is one (RFC 6266). Whatever the server says, it
 * is one name that every file system takes: no path, no device, and at most 255 bytes with its ending.
 */
export function fileNameOf(headers: Headers): string | undefined {
  const value = headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(value)?.[1];
  const name = (extended && decoded(extended)) ?? /filename="?([^";]+)"?/i.exec(value)?.[1];
  return name === undefined ? undefined : safe(name);
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

function safe(name: string): string {
  const ending = ENDING.exec(name)?.[0] ?? '';
  const clean = name
    .slice(0, name.length - ending.length)
    .replace(UNSAFE, ' ')
    .replace(/\s+/g, ' ');
  const stem = clean.replace(/^[ .-]+/, '').replace(DEVICE, '$&-deck');
  return `${cut(stem, MAX_BYTES - ending.length) || 'deck'}${ending}`;
}

/** As many whole characters, as a reader sees them, as fit; the last is no blank and no dot. */
function cut(name: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  let [end, kept, bytes] = [0, 0, 0];
  for (const character of charactersOf(name)) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) break;
    end += character.length;
    if (character !== ' ' && character !== '.') kept = end;
  }
  return name.slice(0, kept);
}

/** Browsers of 2023 know no segmenter: there, code points must do. */
const charactersOf = (name: string): readonly string[] =>
  'Segmenter' in Intl
    ? Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name), ({ segment }) => segment)
    : [...name];
