import { parentPort } from 'node:worker_threads';
import { errorFields } from '@flashcards/shared/runtime/logger';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import type { DeckFile } from '@flashcards/shared/formats/format';

/** What the thread is asked, one at a time, and what it answers. */
export interface RenderRequest {
  readonly format: FormatName;
  readonly file: DeckFile;
}
export type RenderAnswer = { readonly body: string | Uint8Array } | { readonly failure: object };

const port = parentPort;
port?.on('message', ({ format, file }: RenderRequest) => {
  void (async () => {
    try {
      const body = await FORMATS[format].render(file);
      port.postMessage({ body } satisfies RenderAnswer);
    } catch (error) {
      port.postMessage({ failure: errorFields(error) } satisfies RenderAnswer);
    }
  })();
});
