import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { tied } from '../../../scripts/tied.cjs';
import { eventually } from '../eventually';
import { type RedisPart, type RedisUser, passwordOf, shippedUsers } from './redis-users';

/**
 * A Redis of one test's own, that it may stop, freeze and start again on the same port with the same data. It has the
 * users of a deployment, so that no test passes by a right which a service would not have.
 */
export class RedisServer {
  #process: ChildProcess | undefined;
  readonly #directory = mkdtempSync(join(tmpdir(), 'flashcards-redis-'));

  readonly #appendonly: 'yes' | 'no';

  private constructor(
    readonly port: number,
    appendonly: 'yes' | 'no',
    part: RedisPart,
  ) {
    this.#appendonly = appendonly;
    writeFileSync(join(this.#directory, 'users.acl'), shippedUsers(part));
  }

  static async start(appendonly: 'yes' | 'no' = 'yes', part: RedisPart = 'queue'): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), appendonly, part);
    await server.start();
    return server;
  }

  /** For a test, which may do everything. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** For a service, which may do what it may in a deployment; `port` is another way to it. */
  urlOf(user: RedisUser, port = this.port): string {
    return `redis://${user}:${passwordOf(user)}@127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const libraries = process.env['REDIS_SERVER_LD_LIBRARY_PATH'];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#directory];
    const users = ['--aclfile', join(this.#directory, 'users.acl')];
    const args = [...place, ...users, '--save', '', '--appendonly', this.#appendonly];
    this.#process = spawn(...tied(process.env['REDIS_SERVER'] ?? 'redis-server', args), {
      stdio: 'ignore',
      env: { ...process.env, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) },
    });
    await eventually(() => ping(this.port));
  }

  /** One command and its answer, by a connection of its own. */
  async command(name: string, ...args: string[]): Promise<unknown> {
    const redis = new Redis(this.url);
    try {
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** What it refused to a user, as words: a service asked for more than its rights. */
  async refused(): Promise<string[]> {
    const entries = (await this.command('ACL', 'LOG')) as string[][];
    return entries.map((entry) => `${entry[entry.indexOf('username') + 1]}: ${entry[entry.indexOf('object') + 1]}`);
  }

  /** Everything in it, as it is on the wire of its append-only file. */
  dump(): string {
    const folder = join(this.#directory, 'appendonlydir');
    return readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('');
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async stop(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(name);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(500, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      if (String(data).startsWith('+PONG')) resolve();
      else reject(new Error(String(data)));
    });
  });
}
