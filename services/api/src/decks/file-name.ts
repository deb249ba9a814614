import { create } from 'content-disposition';

const MAX_CODE_POINTS = 80;
/** What file systems take. */
const MAX_BYTES = 255;
// What a file system or a shell takes for something else; what shows a name other than it is; what nobody sees.
const UNSAFE = /[\p{Cc}"*/:<>?\\|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/gu;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

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
  const short = [...title.replace(UNSAFE, ' ').replace(/\s+/g, ' ')].slice(0, MAX_CODE_POINTS).join('');
  // A decoder that waits for more leaves out a character that was cut in two.
  const cut = new TextDecoder().decode(Buffer.from(short).subarray(0, maxBytes), { stream: true });
  const name = cut.replace(/^[\s.-]+|[\s.]+$/g, '');
  return DEVICE.test(name) ? `${name}-deck` : name;
}
