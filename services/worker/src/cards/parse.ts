import { readJson } from './repair';

/** What came of a model's output. */
export interface Scanned {
  /** Objects that were handed out. */
  readonly objects: number;
  /** Objects that could not be read, were too long, or were not complete at the end. */
  readonly broken: number;
  /** Whether there was a list of cards at all, be it empty; false for prose, refusals, other JSON and nothing. */
  readonly sawCards: boolean;
}

const MAX_OBJECT_CHARS = 16_384;
const MAX_OUTPUT_CHARS = 512 * 1024;
/** The end of an object's text up to the bracket that begins its list of cards. */
const CARDS_KEY = /"(?:flash_?)?cards"\s*[:：]\s*$/i;
const KEY_REACH = 64;
const CARD_KEY = /"(?:quote|front)"\s*[:：]/;
const BLANK = /\s/;
/** Brackets, the full-width ones too. */
const BRACKETS: Readonly<Record<string, string>> = {
  ...{ '{': '{', '}': '}', '[': '[', ']': ']' },
  ...{ '｛': '{', '｝': '}', '［': '[', '］': ']' },
};

/**
 * Where the scanner is. `outside`: between JSON, where only a bracket means something. `opening`: after a bracket,
 * before it is known whether JSON follows it or prose. `list`: in the list of cards. `object`: in an object.
 */
type Place = 'outside' | 'opening' | 'list' | 'object';

/**
 * Reads cards out of a model's output while it streams in: each complete object in the list `cards`, in a bare list, or
 * alone, also inside fences and prose, the moment its brace closes. Looks at every character once; `push` may be cut
 * anywhere. An object is given up after 16 kB, and what comes after `maxOutputChars` is not looked at.
 */
export class CardScanner {
  #place: Place = 'outside';
  #inList = false;
  #bracket = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The open object: its text from earlier deltas, and where it begins in this one. */
  #earlier = '';
  #start = 0;
  #chars = 0;
  #objects = 0;
  #broken = 0;
  #sawCards = false;

  constructor(private readonly maxOutputChars = MAX_OUTPUT_CHARS) {}

  /** The objects that `delta` completes; each is whatever JSON said, for the gate to judge. */
  push(delta: string): unknown[] {
    const text = delta.slice(0, Math.max(0, this.maxOutputChars - this.#chars));
    const found: unknown[] = [];
    this.#chars += text.length;
    this.#start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const object = this.#steps[this.#place](text.charAt(at), at, text);
      if (object !== undefined) found.push(object);
    }
    if (this.#place === 'object' || this.#place === 'opening') this.#earlier += text.slice(this.#start);
    return found;
  }

  /** The tally; an object that is still open counts as broken. */
  finish(): Scanned {
    const cut = this.#place === 'object' && (this.#inList || CARD_KEY.test(this.#earlier));
    return {
      objects: this.#objects,
      broken: this.#broken + (cut ? 1 : 0),
      sawCards: this.#sawCards || (cut && !this.#inList),
    };
  }

  readonly #steps: Readonly<Record<Place, (char: string, at: number, text: string) => unknown>> = {
    outside: (char, at) => this.#outside(char, at),
    opening: (char, at, text) => this.#opening(char, at, text),
    list: (char, at) => this.#list(char, at),
    object: (char, at, text) => this.#object(char, at, text),
  };

  #outside(char: string, at: number): void {
    const bracket = BRACKETS[char];
    if (bracket !== '{' && bracket !== '[') return;
    this.#place = 'opening';
    this.#bracket = bracket;
    this.#begin(at);
  }

  #opening(char: string, at: number, text: string): unknown {
    if (BLANK.test(char)) return undefined;
    if (this.#bracket === '{' && (char === '"' || char === '}')) return this.#enterObject(char, at, text);
    if (this.#bracket === '[' && (BRACKETS[char] === '{' || BRACKETS[char] === ']')) return this.#enterList(char, at);
    this.#place = 'outside';
    return this.#outside(char, at);
  }

  #enterObject(char: string, at: number, text: string): unknown {
    this.#place = 'object';
    return this.#object(char, at, text);
  }

  #enterList(char = '', at = 0): void {
    this.#place = 'list';
    this.#inList = true;
    this.#sawCards = true;
    this.#list(char, at);
  }

  #list(char: string, at: number): void {
    if (BRACKETS[char] === '{') {
      this.#place = 'object';
      this.#begin(at);
    } else if (BRACKETS[char] === ']') {
      this.#leave(false);
    }
  }

  #begin(at: number): void {
    this.#start = at;
    this.#earlier = '';
    this.#depth = 1;
    this.#inString = false;
    this.#escaped = false;
  }

  #object(char: string, at: number, text: string): unknown {
    if (this.#earlier.length + at - this.#start >= MAX_OBJECT_CHARS) return this.#giveUp();
    if (this.#inString) return this.#insideString(char);
    if (char === '"') this.#inString = true;
    const bracket = BRACKETS[char];
    if (bracket === '[' && !this.#inList && CARDS_KEY.test(this.#soFar(text, at).slice(-KEY_REACH)))
      return this.#enterList();
    if (bracket === '{' || bracket === '[') this.#depth += 1;
    if (bracket === '}' || bracket === ']') this.#depth -= 1;
    return this.#depth === 0 ? this.#close(this.#soFar(text, at + 1)) : undefined;
  }

  #insideString(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#inString = false;
  }

  #soFar(text: string, end: number): string {
    return this.#earlier + text.slice(this.#start, end);
  }

  #close(json: string): unknown {
    this.#leave(this.#inList);
    const object = readJson(json);
    // Alone it is a card only if it looks like one; in the list the gate says what it is.
    if (!this.#inList && !CARD_KEY.test(json)) return undefined;
    this.#sawCards = true;
    if (object === undefined) this.#broken += 1;
    else this.#objects += 1;
    return object;
  }

  #giveUp(): void {
    if (this.#inList) this.#broken += 1;
    this.#leave(this.#inList);
  }

  #leave(toList: boolean): void {
    this.#place = toList ? 'list' : 'outside';
    this.#inList = toList;
  }
}
