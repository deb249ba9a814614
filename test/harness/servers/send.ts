import { request } from 'node:http';
import type { Answered } from './nginx';

/** A request with any header and any bytes. */
export type Send = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  body?: string | Buffer,
) => Promise<Answered>;

/** To an API itself, each request by a connection of its own. */
export const sendTo =
  (url: () => string): Send =>
  (method, path, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url());
      const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (data: string) => (text += data));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on('error', reject).end(body);
    });

/** A batch of one item that has these values where its types should be. */
export const batchOf = (values: string): string => `{"jobs":[{"text":"A fact.","options":{"types":[${values}0]}}]}`;

/** A word with 9,980 combining marks that Unicode's normal forms would have to put in order. */
export const MARKS = `Zalgo${'\u0301\u0327'.repeat(4_990)}`;
