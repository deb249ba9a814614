import type { Readable } from 'node:stream';
import { codeOf } from '../../error-code';
import type { CallWatch } from './call-watch';
import { faultError, networkFault } from './faults';

/** How long a body may take to end once we have what we need. Its connection can then be used again. */
const LINGER_MS = 1_000;

/** Lets the rest of a body go by. A body that does not end soon loses its connection. */
const letGo = (body: Readable): void => {
  if (body.readableEnded || body.destroyed) return;
  const linger = setTimeout(() => body.destroy(), LINGER_MS).unref();
  body.on('close', () => clearTimeout(linger));
  body.resume();
};

/** Reads that wait for the end of this turn of the event loop. */
const waiting = new Set<() => void>();

/**
 * Reads what comes in one turn at its end, of all bodies one after the other. A busy worker needs a tenth less time a
 * job, because the processor still has the code of reading at hand. An idle worker waits for nothing.
 */
function atEndOfTurn(read: () => void): void {
  if (waiting.size === 0) setImmediate(readAll);
  waiting.add(read);
}

function readAll(): void {
  const reads = [...waiting];
  waiting.clear();
  for (const read of reads) read();
}

/**
 * Reads a body as UTF-8, however it was cut, until `take` answers true (true) or it ends (false). Rejects with a
 * ModelError when the connection or a deadline cuts it, and with whatever `take` throws. It then closes the
 * connection, which at many providers also ends the work and the bill.
 */
export function readBody(body: Readable, watch: CallWatch, take: (text: string) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let over = false;
    let ended = false;
    let held = '';
    const end = (act: () => void): void => {
      if (over) return;
      over = true;
      body.off('data', onData);
      act();
    };
    const fail = (error: unknown): void => {
      body.destroy();
      reject(error);
    };
    const enough = (): void => {
      letGo(body);
      resolve(true);
    };
    const read = (): void => {
      const text = held;
      held = '';
      if (over) return;
      try {
        if (text !== '' && take(text)) end(enough);
        else if (ended) end(() => resolve(false));
      } catch (error) {
        end(() => fail(error));
      }
    };
    // `close` also comes after every end, so its error is made only when it comes first. What came before it counts.
    const cut = (error?: unknown): void => {
      if (ended) return;
      read();
      end(() => fail(faultError(watch.fault ?? networkFault(codeOf(error) || 'ECONNRESET'))));
    };
    const onData = (text: string): void => {
      held += text;
      atEndOfTurn(read);
    };
    body.setEncoding('utf8');
    body.on('error', cut);
    body.on('close', cut);
    body.on('end', () => {
      ended = true;
      atEndOfTurn(read);
    });
    body.on('data', onData);
  });
}

/** A whole body, or as much of it as came within `characters`. */
export async function readText(body: Readable, watch: CallWatch, characters: number): Promise<string> {
  let text = '';
  await readBody(body, watch, (part) => {
    text += part;
    return text.length >= characters;
  });
  return text;
}
