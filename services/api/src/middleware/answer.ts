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
  text: string | undefined,
): void {
  if (response.headersSent) return void response.destroy();
  const list = [...contextOf(response).headers, ...Object.entries(headers).flat()];
  if (text !== undefined) list.push('Content-Length', String(Buffer.byteLength(text)));
  response.writeHead(status, list);
  response.end(text);
}
