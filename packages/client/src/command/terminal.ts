import { buffer } from 'node:stream/consumers';

/** A result cannot be written. The job is done all the same. */
export class OutputError extends Error {}

/** What went wrong: the system's code, or the message. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** What a command reads and writes. Results go to `out`, messages for people to `say`. */
export interface Terminal {
  /** Rejects with an `OutputError`. */
  readonly out: (data: string | Uint8Array) => Promise<void>;
  readonly say: (line: string) => void;
  /** Replaces the line before. Undefined where the output is not a terminal. */
  readonly redraw: ((line: string) => void) | undefined;
  readonly columns: number;
  readonly outIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  readonly readAll: () => Promise<Uint8Array>;
}

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function terminalOf({ stdin, stdout, stderr }: Streams): Terminal {
  let drawn = false;
  return {
    out: (data) =>
      new Promise((resolve, reject) => {
        const failed = (error: Error) =>
          reject(new OutputError(`Standard output cannot be written (${causeOf(error)}).`));
        stdout.write(data, (error) => (error ? failed(error) : resolve()));
      }),
    say: (line) => {
      stderr.write(`${drawn ? '\r\u001b[K' : ''}${line}\n`);
      drawn = false;
    },
    redraw: stderr.isTTY
      ? (line) => {
          stderr.write(`\r\u001b[K${line}`);
          drawn = line !== '';
        }
      : undefined,
    columns: stderr.columns || 80,
    outIsTerminal: stdout.isTTY,
    inIsTerminal: stdin.isTTY,
    readAll: () => buffer(stdin),
  };
}

export const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** All control characters but tab and LF. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

/** Without what would move a terminal's cursor or colour it: texts come from models and from other people. */
export const plain = (line: string): string => line.replace(CONTROL, '\uFFFD');
