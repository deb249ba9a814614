import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tied } from '../../../scripts/tied.cjs';
import { Calls } from './calls';
import { listeningPorts } from './listening';
import { eventually } from '../eventually';

const ROOT = join(__dirname, '../../..');
const READY = /Flashcards is ready: {2}(\S+)/;
/** What a developer's `.env` may set and these tests must not use: an empty one counts as not set. */
const NOT_OURS = [
  'OPENROUTER_API_KEY', 'OPENROUTER_API_KEY_FILE', 'OPENROUTER_BASE_URL', 'MODEL', 'MODEL_FALLBACKS', 'REDIS_URL',
  'CACHE_REDIS_URL', 'REDIS_PREFIX', 'AUTH', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_FILE', 'WEBHOOK_ALLOW_CIDRS', 'WORKERS',
  'MAX_TEXT_CHARS', 'MAX_CARDS', 'REGION', 'LOG_LEVEL', 'HOST', 'OPS_HOST',
  'ALLOWED_HOSTS', 'CORS_ORIGINS',
]; // prettier-ignore
/** What may stay in its folder: what it keeps on purpose. */
const KEPT = ['logs', 'redis', 'redis.url', 'webhook-secret'];

export const newDataFolder = (): string => mkdtempSync(join(tmpdir(), 'flashcards-start-'));

/** `npm start`, as a person runs it, with ports and data of its own: it may run beside another one of this checkout. */
export class Started extends Calls {
  /** What it wrote to its terminal. */
  output = '';
  readonly #npm: ChildProcess;
  readonly #exited: Promise<number | null>;

  readonly #data: string;

  private constructor(settings: Readonly<Record<string, string>>, data: string) {
    super();
    this.#data = data;
    const none = Object.fromEntries(NOT_OURS.map((name) => [name, '']));
    const own = { DATA_DIR: data, PORT: '0', OPS_PORT: '0', RATE_LIMIT_PER_MINUTE: '0', ...settings };
    this.#npm = spawn(...tied('npm', ['start']), {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...none, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = new Promise((resolve) => this.#npm.once('close', resolve));
  }

  static async start(settings: Readonly<Record<string, string>> = {}, data = newDataFolder()): Promise<Started> {
    const started = new Started(settings, data);
    await new Promise<void>((resolve, reject) => {
      for (const stream of [started.#npm.stdout, started.#npm.stderr])
        stream?.on('data', (data) => {
          started.output += String(data);
          if (READY.test(started.output)) resolve();
        });
      void started.#exited.then(() => reject(new Error(`npm start ended:\n${started.output}`)));
    });
    return started;
  }

  get url(): string {
    return READY.exec(this.output)?.[1] ?? '';
  }

  /** Every port on which anything that it started listens. */
  ports(): number[] {
    return listeningPorts(processesOf(this.#data));
  }

  /** Sends npm, or the launcher below it, a signal; throws when anything is left behind. The data folder stays. */
  async end(signal: NodeJS.Signals, whom: 'npm' | 'launcher' = 'npm'): Promise<void> {
    const redis = Number(/:(\d+)/.exec(readFileSync(join(this.#data, 'redis.url'), 'utf8'))?.[1]);
    const ports = [Number(new URL(this.url).port), redis];
    const seen = processesOf(this.#data).length;
    process.kill(whom === 'npm' ? (this.#npm.pid as number) : launcherOf(this.#data), signal);
    await eventually(async () => {
      const left = [
        ...(seen < 5 ? [`only ${seen} processes were seen while it ran`] : []),
        ...processesOf(this.#data).map((pid) => `process ${pid} is left`),
        ...(await open(ports)).map((port) => `port ${port} is still open`),
      ];
      if (left.length > 0) throw new Error(`${left.join('; ')}:\n${this.output}`);
    });
  }

  /** Ends it as an operator would, and throws when it did not end well or left anything behind. */
  async close(): Promise<void> {
    try {
      await this.end('SIGTERM');
      const code = await this.#exited;
      const faults = [
        ...(code === 0 ? [] : [`npm start exited with ${code}`]),
        ...(this.output.includes('All stopped.') ? [] : ['it did not say that all stopped']),
        ...readdirSync(this.#data).filter((name) => !KEPT.includes(name)).map((name) => `${name} is left`),
      ]; // prettier-ignore
      if (faults.length > 0) throw new Error(`${faults.join('; ')}:\n${this.output}`);
    } finally {
      removeData(this.#data);
    }
  }
}

/** Removes the folder, and kills first what a failed test left there. */
export function removeData(data: string): void {
  for (const pid of processesOf(data)) process.kill(pid, 'SIGKILL');
  rmSync(data, { recursive: true, force: true });
}

/** Who holds the lock is the launcher: npm and its shell stand in front of it. */
const launcherOf = (data: string): number => Number.parseInt(readFileSync(join(data, 'lock'), 'utf8'), 10);

/** Processes that were given this folder, or work in it. */
function processesOf(data: string): number[] {
  const belongs = (pid: string): boolean => {
    try {
      const given = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`DATA_DIR=${data}`);
      return given || readlinkSync(`/proc/${pid}/cwd`).startsWith(data);
    } catch {
      return false; // gone meanwhile, or another's
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && belongs(name)).map(Number); // prettier-ignore
}

async function open(ports: readonly number[]): Promise<number[]> {
  const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
  const all = await Promise.all(ports.map(answers));
  return ports.filter((_port, i) => all[i]);
}
