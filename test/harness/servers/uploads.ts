import { type TLSSocket, connect } from 'node:tls';
import { eventually } from '../eventually';
import type { Nginx } from './nginx';

const MIB = 1_048_576;
export const BATCH = 'POST /v1/jobs/batch HTTP/1.1';
export const LENGTH = `Content-Length: ${2 * MIB}`;
export const CHUNKED = 'Transfer-Encoding: chunked';
export const ones = (bytes: number): string => '1'.repeat(bytes);

export interface Upload {
  readonly socket: TLSSocket;
  /** Of the first answer; 0 before it. */
  status: number;
}

/** Sends the head and almost all of a body, and keeps the connection open: the body never ends. */
export function upload(head: readonly string[], bytes: number, { port, serverName: servername }: Nginx): Upload {
  const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
  const sent: Upload = { socket, status: 0 };
  socket.on('data', (data: Buffer) => (sent.status ||= Number(/HTTP\/1\.1 (\d{3})/.exec(data.toString())?.[1] ?? 0)));
  socket.on('error', () => undefined);
  socket.write([...head, `Host: ${servername}`, 'Content-Type: application/json', '', ''].join('\r\n'));
  if (head.includes(CHUNKED)) socket.write(`${(2 * MIB).toString(16)}\r\n`);
  socket.write(ones(bytes));
  return sent;
}

/** The most that nginx' temporary files held while `work` went on. */
export async function maxTemporary(proxy: Nginx, work: () => Promise<void>): Promise<number> {
  let max = 0;
  const timer = setInterval(() => (max = Math.max(max, proxy.temporaryBytes())), 20);
  await work().finally(() => clearInterval(timer));
  return Math.max(max, proxy.temporaryBytes());
}

/** The statuses of all, once each is answered. */
export async function statusesOf(uploads: readonly Upload[]): Promise<number[]> {
  try {
    await eventually(() => expect(uploads.filter(({ status }) => status === 0).length).toBe(0), 5_000);
    return uploads.map(({ status }) => status);
  } finally {
    uploads.forEach(({ socket }) => socket.destroy());
  }
}
