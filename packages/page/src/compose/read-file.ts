/** A film that is dropped by mistake must not fill the memory. */
export const MAX_FILE_BYTES = 4_000_000;

/** The text of a file of at most `MAX_FILE_BYTES`. Undefined when it is no text. Older Chinese files often are GB 18030. */
export async function textOfFile(file: File): Promise<string | undefined> {
  const bytes = await file.arrayBuffer();
  for (const encoding of encodingsFor(new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength)))) {
    const text = decoded(bytes, encoding);
    if (text !== undefined) return text;
  }
  return undefined;
}

function encodingsFor([first, second]: Uint8Array): readonly string[] {
  if (first === 0xff && second === 0xfe) return ['utf-16le'];
  if (first === 0xfe && second === 0xff) return ['utf-16be'];
  return ['utf-8', 'gb18030'];
}

// Controls that other kinds of files have and a text never has: C0 without tab, line ends, VT and FF.
const BINARY = /[^\P{Cc}\t-\r\x7F-\x9F]/u;

function decoded(bytes: ArrayBuffer, encoding: string): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return BINARY.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
