import type { BodyBounds } from '@flashcards/shared/contract/body-bounds';
import { AppError } from '@flashcards/shared/contract/errors';

// Own code: `express.json` bounds the bytes of a body, and here its levels, entries and names are bounded before it is parsed.

/** The value that a body holds. Throws `malformed_request` for what is no JSON in UTF-8, or beyond the bounds. */
export function readJson(bytes: Uint8Array, bounds: BodyBounds): unknown {
  const fault = shapeFault(bytes, bounds);
  if (fault) throw malformed(fault);
  const value = parse(decode(bytes));
  if (typeof value !== 'object' || value === null) throw malformed('The body must be a JSON object.');
  refusePrototypeKeys(value);
  return value;
}

const malformed = (message: string): AppError => new AppError('malformed_request', message);

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
}

/** JSON may hold this key as data; what merges it later would change every object of the process. */
function refusePrototypeKeys(value: object): void {
  if (Object.hasOwn(value, '__proto__')) throw malformed('The body has a field named __proto__.');
  const values: unknown[] = Object.values(value);
  for (const inner of values) if (typeof inner === 'object' && inner !== null) refusePrototypeKeys(inner);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OTHER = 0;
const OPEN = 1;
const CLOSE = 2;
const COMMA = 3;
const COLON = 4;
const STRING = 5;
const KIND_OF_BYTE = new Uint8Array(256);
for (const [kind, characters] of [
  [OPEN, '[{'],
  [CLOSE, ']}'],
  [COMMA, ','],
  [COLON, ':'],
  [STRING, '"'],
] as const)
  for (const character of characters) KIND_OF_BYTE[character.charCodeAt(0)] = kind;

/**
 * What is beyond the bounds, in one pass over the bytes that makes nothing. Of bytes that are no JSON it sees enough: as
 * far as a parser would get, the two agree.
 */
function shapeFault(bytes: Uint8Array, bounds: BodyBounds): string | undefined {
  const entries: number[] = [];
  let nodes = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const kind = KIND_OF_BYTE[bytes[at] ?? 0];
    if (kind === OTHER) continue;
    if (kind === CLOSE) {
      entries.pop();
      continue;
    }
    if (kind === STRING) {
      const end = endOfString(bytes, at + 1);
      const length = end - at - 1;
      if (length > bounds.stringBytes) return beyond(`a string of ${count(length)} bytes`, at, bounds.stringBytes);
      at = end;
      continue;
    }
    // Every name and value but the first stands behind one of these.
    nodes += 1;
    if (nodes > bounds.nodes) return beyond(`more than ${count(bounds.nodes)} names and values`, at, bounds.nodes);
    if (kind === OPEN && entries.push(1) > bounds.depth)
      return beyond(`more than ${count(bounds.depth)} levels of lists and objects`, at, bounds.depth);
    if (kind === COMMA && addEntry(entries) > bounds.entries)
      return beyond(`a list or an object with more than ${count(bounds.entries)} entries`, at, bounds.entries);
  }
  return undefined;
}

function addEntry(entries: number[]): number {
  const top = entries.length - 1;
  return (entries[top] = (entries[top] ?? 0) + 1);
}

/** Index of the quote that closes a string, or past the end of the bytes. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

const count = (number: number): string => number.toLocaleString('en-US');
const beyond = (what: string, at: number, max: number): string =>
  `The body has ${what} (at byte ${count(at)}). At most ${count(max)} are allowed.`;
