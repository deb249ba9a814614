import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tied } from '../../../scripts/tied.cjs';
import { eventually } from '../eventually';
import { childrenOf } from '../processes';
import { freePort } from '../redis/redis-server';

const ROOT = join(__dirname, '../../..');
const NAME = 'flashcards.test';
// Started by root it would become somebody who may not write here.
const GLOBAL = process.getuid?.() === 0 ? 'daemon off; user root;' : 'daemon off;';

/** The path of an nginx, or '' where there is none to be had. */
export function findNginx(): string {
  const script = "import('./scripts/test/unpack-nginx.mjs').then((m) => process.stdout.write(m.findNginx() ?? ''))";
  return execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
}

/** What its environment decides in a deployment, as `compose.yml` names it. */
const SETTINGS = {
  AUTH: 'keys',
  MAX_BODY_BYTES: '152768',
  MAX_CONNECTIONS_PER_ADDRESS: '20',
  MAX_BATCHES_PER_CLIENT: '8',
  CORS_ORIGINS: '',
};
type Settings = typeof SETTINGS;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * The nginx of `deploy/nginx` in front of one API, on loopback, with a certificate of its own. Debian's nginx is older
 * than that of the image: what it does not know is left out, and the upstream is given by address.
 */
export class Nginx {
  #process: ChildProcess | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'flashcards-nginx-'));

  private constructor(
    readonly port: number,
    /** Of plain HTTP. */
    readonly plainPort: number,
    /** Of Prometheus, in a trial. */
    readonly prometheusPort: number,
  ) {}

  /** `prometheus`: its address, with which this is the nginx of a trial. */
  static async start(
    binary: string,
    api: string,
    { prometheus, ...settings }: Partial<Settings> & { prometheus?: string } = {},
  ): Promise<Nginx> {
    const nginx = new Nginx(await freePort(), await freePort(), await freePort());
    if (prometheus) nginx.#writeTrial(prometheus);
    nginx.#write(new URL(api).host, await freePort(), { ...SETTINGS, ...settings });
    const args = ['-p', nginx.#folder, '-c', join(nginx.#folder, 'nginx.conf'), '-g', GLOBAL];
    nginx.#process = spawn(...tied(binary, args), { stdio: 'ignore' });
    await eventually(() => nginx.request('GET', '/livez'));
    return nginx;
  }

  #write(upstream: string, healthPort: number, settings: Settings): void {
    const folder = this.#folder;
    for (const name of ['tls', 'conf.d', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    const tls = (name: string): string => join(folder, 'tls', name);
    const what = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-days', '2'];
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...ec, ...what, '-keyout', tls('privkey.pem'), '-out', tls('fullchain.pem')], { stdio: 'ignore' }); // prettier-ignore
    const shipped = (name: string): string => readFileSync(join(ROOT, 'deploy/nginx', name), 'utf8');
    const main = shipped('nginx.conf')
      .replace(/include \/etc\/nginx\/mime.types;/, 'types { application/json json; }')
      .replaceAll('/tmp/', `${folder}/tmp/`)
      .replaceAll('/etc/nginx/tls', join(folder, 'tls'))
      .replace(`${folder}/tmp/conf.d`, join(folder, 'conf.d'))
      .replace('X25519MLKEM768:', '')
      .replace(/error_log .*;/, `error_log ${folder}/error.log warn;`)
      .replace(/access_log \/dev\/stdout/, `access_log ${folder}/access.log`);
    const environment = { ...settings, ...derived(settings), SERVER_NAME: NAME, API_UPSTREAM: upstream };
    const filled = Object.entries(environment).reduce(
      (text, [name, value]) => text.replaceAll(`\${${name}}`, value),
      shipped('flashcards.conf.template'),
    );
    const site = filled
      .replace(/^resolver.*$/gm, '')
      .replace(/ resolve /, ' ')
      .replace(/listen 8443 ssl;\n\s*http2 on;/, 'listen 8443 ssl http2;')
      .replaceAll('/etc/nginx/tls', join(folder, 'tls'))
      .replace(/listen 8080/g, `listen 127.0.0.1:${this.plainPort}`)
      .replace(/listen 8443/g, `listen 127.0.0.1:${this.port}`)
      .replace(/listen 127.0.0.1:8081/g, `listen 127.0.0.1:${healthPort}`);
    writeFileSync(join(folder, 'nginx.conf'), main);
    writeFileSync(join(folder, 'conf.d', 'flashcards.conf'), site);
  }

  #writeTrial(prometheus: string): void {
    const site = readFileSync(join(ROOT, 'deploy/nginx/dev.conf.template'), 'utf8')
      .replaceAll('${SERVER_NAME}', NAME)
      .replace('http://prometheus:9090', prometheus)
      .replace(/listen 9090/g, `listen 127.0.0.1:${this.prometheusPort}`);
    mkdirSync(join(this.#folder, 'conf.d'));
    writeFileSync(join(this.#folder, 'conf.d', 'dev.conf'), site);
  }

  /** A request over TLS under the fixed name. */
  request(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
    localAddress = '127.0.0.1',
  ): Promise<Answered> {
    const port = this.port;
    const options = {
      host: '127.0.0.1',
      localAddress,
      servername: NAME,
      rejectUnauthorized: false,
      agent: false as const,
    };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, port, method, path, headers: { Host: NAME, ...headers } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (data: string) => (text += data));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on('error', reject).end(body);
    });
  }

  get serverName(): string {
    return NAME;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The bytes of its temporary files. They have no name, so they are only seen where they are open. */
  temporaryBytes(): number {
    const files = new Map<string, number>();
    for (const pid of [this.pid ?? 0, ...childrenOf(this.pid ?? 0)])
      for (const [file, bytes] of openFiles(pid)) if (file.startsWith(`${this.#folder}/tmp/`)) files.set(file, bytes);
    return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  log(): string {
    return (
      readFileSync(join(this.#folder, 'access.log'), 'utf8') + readFileSync(join(this.#folder, 'error.log'), 'utf8')
    );
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What `start.sh` makes of the settings, by its own line. */
function derived(settings: Settings): { CORS_MAP: string } {
  const [line = ''] = /^CORS_MAP=.*$/m.exec(readFileSync(join(ROOT, 'deploy/nginx/start.sh'), 'utf8')) ?? [];
  const env = { PATH: process.env['PATH'], ...settings };
  return { CORS_MAP: execFileSync('sh', ['-euc', `${line}; printf %s "$CORS_MAP"`], { env, encoding: 'utf8' }) };
}

/** Path and size of each file that a process has open; none where it is gone or another's. */
function openFiles(pid: number): [string, number][] {
  const sizeOf = (fd: string): [string, number][] => {
    try {
      return [[readlinkSync(`/proc/${pid}/fd/${fd}`), statSync(`/proc/${pid}/fd/${fd}`).size]];
    } catch {
      return [];
    }
  };
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(sizeOf);
  } catch {
    return [];
  }
}
