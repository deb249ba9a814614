import type { DeckFile } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { startWatchdog } from '@flashcards/shared/runtime/watchdog/watchdog';

/** What this process is asked, one at a time, and what it answers. */
export interface RenderRequest {
  readonly format: FormatName;
  readonly file: DeckFile;
}
export type RenderAnswer =
  | { readonly kind: 'rendered'; readonly body: string | Uint8Array }
  | { readonly kind: 'failed'; readonly failure: unknown };

// The API kills it earlier. Without an API, a file that blocks this process would keep it for ever.
startWatchdog({ limitMs: 12_000, service: 'api', endsWithParent: true });

process.on('message', ({ format, file }: RenderRequest) => {
  const answer = (message: RenderAnswer): void => void process.send?.(message);
  const render = async (): Promise<string | Uint8Array> => FORMATS[format].render(file);
  render().then(
    (body) => answer({ kind: 'rendered', body }),
    (failure: unknown) => answer({ kind: 'failed', failure }),
  );
});
// A signal to the group is the API's to heed: it lets open requests end, and this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
