import type { Response } from 'express';
import { contextOf } from './request-context';

/**
 * Writes an answer: the headers every answer has, then its own. They go out as one list, because setting them one by
 * one costs as much as the rest of writing them.
 */
export function writeAnswer(
  response: Response,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
): void {
  if (response.headersSent) return void response.destroy();
  const list = contextOf(response).headersBefore(headers);
  for (const [name, value] of Object.entries(headers)) list.push(name, value);
  if (body !== undefined) list.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(status, list);
  response.end(body);
}
