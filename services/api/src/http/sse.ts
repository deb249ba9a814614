import type { Numbered } from '@flashcards/shared/contract/events';

/** The first bytes of a stream: how long a client waits before it comes again, in milliseconds. */
export const SSE_START = 'retry: 1000\n\n';
/** A comment: keeps proxies from closing an idle connection, and means nothing to a client. */
export const SSE_HEARTBEAT = ':\n\n';

/** One event as Server-Sent Events writes it. JSON has no line breaks, so its data is one line. */
export const sseOf = ({ number, event }: Numbered): string =>
  `id: ${number}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;

/** Writes an answer bit by bit until it ends, or its client hangs up. */
export type Stream = (outlet: Outlet) => void;

/** The open connection of an answer that goes on. */
export interface Outlet {
  /** False when the reader is slow: write no more before `onDrain` calls its listener. */
  write(text: string): boolean;
  end(): void;
  /** Ends it without what was not sent yet. */
  destroy(): void;
  onDrain(listener: () => void): void;
  /** It ended, from either side. */
  onClosed(listener: () => void): void;
}
