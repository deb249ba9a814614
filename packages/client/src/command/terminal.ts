/** What a command reads and writes. Results go to `out`, everything said to a person to `say`. */
export interface Terminal {
  readonly out: (data: string | Uint8Array) => void;
  readonly say: (line: string) => void;
  /** Writes over the line before; undefined where there is no one to see it move. */
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
    out: (data) => void stdout.write(data),
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
    readAll: async () => {
      const pieces: Buffer[] = [];
      for await (const piece of stdin) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    },
  };
}

/** Without what would move a terminal's cursor or colour it: texts come from models and from other people. */
// oxlint-disable-next-line no-control-regex
export const plain = (line: string): string => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
