const MAX_CODE_POINTS = 80;
// What a file system or a shell takes for something else; what shows a name other than it is; what nobody sees.
const UNSAFE = /[\p{Cc}"*/:<>?\\|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/gu;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * `Content-Disposition` of a download (RFC 6266): the title as a name for browsers, and a name of ASCII for the rest.
 * A title can neither leave the folder, nor hide its ending, nor name a device.
 */
export function attachment(title: string, extension: string): string {
  const name = safe(title.toWellFormed());
  const ascii = safe(name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').replace(/[%;=']/g, '')); // prettier-ignore
  const encoded = encodeURIComponent(`${name || 'deck'}.${extension}`).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // What is left of a title in Chinese, such as the number of a chapter, names nothing.
  const plain = ascii.length * 2 >= name.length ? ascii : '';
  return `attachment; filename="${plain || 'deck'}.${extension}"; filename*=UTF-8''${encoded}`;
}

function safe(title: string): string {
  const name = [...title.replace(UNSAFE, ' ').replace(/\s+/g, ' ')]
    .slice(0, MAX_CODE_POINTS)
    .join('')
    .replace(/^[\s.-]+|[\s.]+$/g, '');
  return DEVICE.test(name) ? `${name}-deck` : name;
}
