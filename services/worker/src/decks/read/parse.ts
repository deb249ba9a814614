// Own code: readers of partial JSON expect JSON alone, and models write prose, fences and broken objects around it.

import { withoutRestOfAnswer, withoutSeparators } from './answer-end';
import { readJson, type ReadStep } from './repair';

/** What came of a model's output. */
export interface Scanned {
  /** Objects that were handed out. */
  readonly objects: number;
  /** Objects that could not be read, were too long, or were not complete at the end. */
  readonly broken: number;
  /** Whether there was a list of cards at all, be it empty; false for prose, refusals, other JSON and nothing. */
  readonly sawCards: boolean;
  /** How the objects were read, each counted once. */
  readonly steps: Readonly<Partial<Record<ReadStep, number>>>;
}

const MAX_OBJECT_CHARS = 16_384;
const MAX_OUTPUT_CHARS = 512 * 1024;
/** Many times what is asked for in one call. To try to mend an object costs the same however short it is. */
const MAX_OBJECTS = 128;
/** The end of an object's text up to the bracket that begins its list of cards. */
const CARDS_KEY = /"(?:flash_?)?cards"\s*[:：]\s*$/i;
const KEY_REACH = 64;
const CARD_KEY = /"(?:quote|front)"\s*[:：]/;
/** The first key of the next card while the scanner is still in the one before, which lacks a mark or a brace. */
const NEXT_CARD = /[{｛]\s*"quote"\s*$/;
const NEXT_REACH = 24;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
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
type ScannerState = 'outside' | 'opening' | 'list' | 'object';

/**
 * Reads cards out of a model's output while it streams in. Finds complete objects in the list `cards`, in a bare
 * list, or alone, also inside fences and prose. Hands each out the moment its brace closes. Looks at every character
 * once; `push` may be cut anywhere. An object is given up after 16 kB. What comes after `maxOutputChars`, or after 128
 * objects, is not looked at.
 */
export class CardScanner {
  #state: ScannerState = 'outside';
  #inList = false;
  #bracket = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /**
   * `after_mark`: a quotation mark was seen, which ends the string only if a fitting sign follows. `after_comma`: so
   * was a comma.
   */
  #ending: 'no' | 'after_mark' | 'after_comma' = 'no';
  /** The open object: its text from earlier deltas, and where it begins in this one. */
  #earlier = '';
  #start = 0;
  #chars = 0;
  #objects = 0;
  #broken = 0;
  #sawCards = false;
  readonly #tally: Partial<Record<ReadStep, number>> = {};

  readonly #maxOutputChars: number;

  constructor(maxOutputChars = MAX_OUTPUT_CHARS) {
    this.#maxOutputChars = maxOutputChars;
  }

  /** The objects that `delta` completes, for the gate to judge. */
  push(delta: string): unknown[] {
    if (this.#isFull) return [];
    const text = delta.slice(0, Math.max(0, this.#maxOutputChars - this.#chars));
    const found: unknown[] = [];
    this.#chars += text.length;
    this.#start = 0;
    for (let at = this.#inText(text, 0); at < text.length && !this.#isFull; at = this.#inText(text, at + 1)) {
      const object = this.#steps[this.#state](text.charAt(at), at, text);
      if (object !== undefined) found.push(object);
    }
    if (this.#state === 'object' || this.#state === 'opening') this.#earlier += text.slice(this.#start);
    return found;
  }

  get #isFull(): boolean {
    return this.#objects + this.#broken >= MAX_OBJECTS;
  }

  /** The next place from `at` on that means something: most of an answer is the inside of strings. */
  #inText(text: string, at: number): number {
    if (!this.#inString || this.#escaped || this.#ending !== 'no' || this.#state !== 'object') return at;
    const end = Math.min(text.length, this.#start + MAX_OBJECT_CHARS - this.#earlier.length);
    let next = at;
    while (next < end && text.charCodeAt(next) !== QUOTE && text.charCodeAt(next) !== BACKSLASH) next += 1;
    return next;
  }

  /**
   * The tally. The last card is in it where only a stray quotation mark hid its end. Any other object that is still
   * open counts as broken: what was cut is not completed.
   */
  finish(): Scanned & { readonly found: readonly unknown[] } {
    const open = !this.#isFull && this.#state === 'object' && (this.#inList || CARD_KEY.test(this.#earlier));
    const ended = open ? withoutRestOfAnswer(this.#earlier) : undefined;
    const last = ended === undefined ? undefined : this.#read(ended);
    return {
      found: last === undefined ? [] : [last],
      objects: this.#objects,
      broken: this.#broken + (open && last === undefined ? 1 : 0),
      sawCards: this.#sawCards || (open && !this.#inList),
      steps: this.#tally,
    };
  }

  readonly #steps: Readonly<Record<ScannerState, (char: string, at: number, text: string) => unknown>> = {
    outside: (char, at) => this.#outside(char, at),
    opening: (char, at, text) => this.#opening(char, at, text),
    list: (char, at) => this.#list(char, at),
    object: (char, at, text) => this.#object(char, at, text),
  };

  #outside(char: string, at: number): void {
    const bracket = BRACKETS[char];
    if (bracket !== '{' && bracket !== '[') return;
    this.#state = 'opening';
    this.#bracket = bracket;
    this.#begin(at);
  }

  #opening(char: string, at: number, text: string): unknown {
    if (BLANK.test(char)) return undefined;
    if (this.#bracket === '{' && (char === '"' || char === '}')) return this.#enterObject(char, at, text);
    if (this.#bracket === '[' && (BRACKETS[char] === '{' || BRACKETS[char] === ']')) return this.#enterList(char, at);
    this.#state = 'outside';
    return this.#outside(char, at);
  }

  #enterObject(char: string, at: number, text: string): unknown {
    this.#state = 'object';
    return this.#object(char, at, text);
  }

  #enterList(char = '', at = 0): void {
    this.#state = 'list';
    this.#inList = true;
    this.#sawCards = true;
    this.#list(char, at);
  }

  #list(char: string, at: number): void {
    if (BRACKETS[char] === '{') {
      this.#state = 'object';
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
    this.#ending = 'no';
  }

  #object(char: string, at: number, text: string): unknown {
    if (this.#earlier.length + at - this.#start >= MAX_OBJECT_CHARS) return this.#giveUp();
    if (char === ':' && this.#inList && NEXT_CARD.test(this.#tail(text, at, NEXT_REACH)))
      return this.#nextCard(at, text);
    if (this.#inString && !this.#hasEnded(char)) return undefined;
    if (char === '"') this.#inString = true;
    const bracket = BRACKETS[char];
    if (bracket === '[' && !this.#inList && CARDS_KEY.test(this.#soFar(text, at).slice(-KEY_REACH)))
      return this.#enterList();
    if (bracket === '{' || bracket === '[') this.#depth += 1;
    if (bracket === '}' || bracket === ']') this.#depth -= 1;
    return this.#depth === 0 ? this.#close(this.#soFar(text, at + 1)) : undefined;
  }

  /**
   * Whether the string ended before `char`. A quotation mark ends it only where JSON goes on after it: `什么是"熵"？` has
   * two that do not. What is JSON already is read by the same rule.
   */
  #hasEnded(char: string): boolean {
    if (this.#ending !== 'no') {
      if (BLANK.test(char)) return false;
      if (this.#ending === 'after_mark' && (char === ',' || char === '，' || char === '：')) {
        this.#ending = 'after_comma';
        return false;
      }
      const ends = (this.#ending === 'after_mark' ? /[:}\]｝］]/ : /["{[\]}｛［｝］\d\-ntf]/).test(char);
      this.#ending = 'no';
      this.#inString = !ends;
      if (ends) return true;
    }
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#ending = 'after_mark';
    return false;
  }

  /** Hands out what can be read of the card that never ended, and goes on with the next. */
  #nextCard(at: number, text: string): unknown {
    const all = this.#soFar(text, at);
    const begins = NEXT_CARD.exec(all)?.index ?? 0;
    if (begins === 0) return undefined;
    const card = this.#read(withoutSeparators(all.slice(0, begins)));
    if (card === undefined) this.#broken += 1;
    this.#begin(at);
    this.#earlier = all.slice(begins);
    return card;
  }

  #tail(text: string, end: number, reach: number): string {
    return end - this.#start >= reach ? text.slice(end - reach, end) : this.#soFar(text, end).slice(-reach);
  }

  #soFar(text: string, end: number): string {
    return this.#earlier + text.slice(this.#start, end);
  }

  #close(json: string): unknown {
    this.#leave(this.#inList);
    // Alone it is a card only if it looks like one; in the list the gate says what it is.
    if (!this.#inList && !CARD_KEY.test(json)) return undefined;
    this.#sawCards = true;
    const object = this.#read(json);
    if (object === undefined) this.#broken += 1;
    return object;
  }

  #read(json: string): unknown {
    const read = readJson(json);
    if (!read) return undefined;
    this.#tally[read.step] = (this.#tally[read.step] ?? 0) + 1;
    this.#objects += 1;
    return read.value;
  }

  #giveUp(): void {
    if (this.#inList) this.#broken += 1;
    this.#leave(this.#inList);
  }

  #leave(toList: boolean): void {
    this.#state = toList ? 'list' : 'outside';
    this.#inList = toList;
  }
}
