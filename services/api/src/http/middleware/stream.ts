import type { Request, Response } from 'express';
import type { Outlet, Stream } from '../sse';
import { contextOf } from './request-context';

/** Writes the head of an answer that goes on, and hands its connection to `stream`. */
export function writeStream(
  request: Request,
  response: Response,
  headers: Readonly<Record<string, string>>,
  stream: Stream,
): void {
  if (response.headersSent) return void response.destroy();
  const context = contextOf(response);
  context.streams = true;
  response.writeHead(200, [...context.headersBefore(headers), ...Object.entries(headers).flat()]);
  if (request.method === 'HEAD') return void response.end();
  stream(outletOf(response));
}

const outletOf = (response: Response): Outlet => ({
  write: (text) => response.write(text),
  end: () => void response.end(),
  destroy: () => void response.destroy(),
  onDrain: (listener) => void response.on('drain', listener),
  onClosed: (listener) => void response.on('close', listener),
});
