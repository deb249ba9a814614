// Own code: the client depends on nothing, and browsers read event streams without an API key.

/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The limit of one line: a stream without line ends must not fill the memory. */
const MAX_CHARACTERS = 2_000_000;

/**
 * Reads a `text/event-stream` piece by piece, by the HTML standard: lines end in CR, LF or CRLF, and comments are ignored.
 * An event without data is dropped, and so is one that the end of the stream cuts off.
 */
export class EventStreamReader {
  /** Milliseconds that the server asks for between connections. */
  retryMs: number | undefined;
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];
  #first = true;

  /** The events that `piece` completes. */
  read(piece: string): ServerSentEvent[] {
    let text = this.#rest + piece;
    if (this.#first && text) {
      this.#first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    // A CR at the end may be half of a CRLF.
    const held = text.endsWith('\r') ? '\r' : '';
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + held;
    if (this.#rest.length > MAX_CHARACTERS) throw new Error('The event stream has a line without an end.');
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerSentEvent[] {
    if (line === '') return this.#dispatch();
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  #dispatch(): ServerSentEvent[] {
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return empty ? [] : [event];
  }
}
