// Loopback is no boundary where a browser lives. A page of any site may send requests here, and under a name of its own
// that leads here (DNS rebinding) its browser takes every port of this machine for its own origin.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@flashcards/shared/contract/job';
import type { Browser, Page } from 'playwright-core';
import { tied } from '../../scripts/tied.cjs';
import { launch } from '../harness/browser';
import { eventually } from '../harness/eventually';
import { freePort } from '../harness/redis/redis-server';
import { Nginx, findNginx } from '../harness/servers/nginx';
import { Pair } from '../harness/stack/pair';
import { Started } from '../harness/stack/started';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(90_000);
const EVIL = 'evil.example';
/** What some port answers, and what would have an effect there. */
const READ = [
  '/', '/v1/jobs', '/v1/queue', '/health', '/openapi.json', '/docs', '/metrics', '/livez', '/readyz', '/startz', '/admin/keys',
  '/internal/key-check', '/api/v1/models', '/api/v1/key', '/api/v1/query?query=up', '/-/ready', '/graph',
  '/__sim/health', '/__sim/requests?bodies=1', '/__sim/ledger',
]; // prettier-ignore
const WRITTEN = [
  '/v1/jobs',
  '/generate',
  '/__sim/reset',
  '/__sim/script',
  '/api/v1/chat/completions',
  '/-/reload',
  '/-/quit',
];

let browser: Browser;
beforeAll(async () => {
  // Newer browsers have a check of their own (Local Network Access); older ones and others do not.
  browser = await launch(
    '--host-resolver-rules=MAP *.example 127.0.0.1',
    '--disable-features=LocalNetworkAccessChecks',
  );
});
afterAll(() => browser.close());

type Answer = readonly [path: string, status: number, text: string];

/** What a page gets of these, in an ordinary request; 0 where its browser gets no answer, or withholds it. */
const asks = (page: Page, base: string, paths: readonly string[], init: object): Promise<Answer[]> =>
  page.evaluate<Answer[], readonly [string, readonly string[], object]>(
    ([at, all, how]) =>
      Promise.all(
        all.map((path) =>
          fetch(at + path, how).then(
            async (answer) => [path, answer.status, (await answer.text()).slice(0, 200)] as const,
            () => [path, 0, ''] as const,
          ),
        ),
      ),
    [base, paths, init],
  );

/** Everything that a page gets of a port whose name was the attacker's when the page came, and leads here now. */
async function rebound(port: number): Promise<Answer[]> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const url = `http://${EVIL}:${port}`;
    await page.route(`${url}/attack`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>Evil</title>' }),
    );
    await page.goto(`${url}/attack`);
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"text":"Mine."}' };
    return [...(await asks(page, '', READ, {})), ...(await asks(page, '', WRITTEN, json))];
  } finally {
    await context.close();
  }
}

/** The statuses of what is answered to this machine itself. */
async function statuses(port: number): Promise<number[]> {
  const all = READ.map((path) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status, () => 0)); // prettier-ignore
  return (await Promise.all(all)).filter((status) => status !== 0);
}

const given = (answers: readonly Answer[]): Answer[] => answers.filter(([, status]) => status !== 421 && status !== 0);

describe('row 93: of npm start', () => {
  let site: Started;
  let job: Job;
  beforeAll(async () => {
    site = await Started.start({ WORKERS: '1' });
    job = await site.finished({ text: ENGLISH });
  });
  afterAll(() => site.close());

  test('no port answers a page under a name of its own', async () => {
    const ports = site.ports();
    const answering: number[] = [];
    for (const port of ports) {
      expect([port, given(await rebound(port))]).toEqual([port, []]);
      if ((await statuses(port)).includes(200)) answering.push(port);
    }
    // The API and its operations port, those of the worker, and the stand-in; Redis speaks no HTTP.
    expect([ports.length, answering.length]).toEqual([5, 4]);
  });

  test('no port lets a page of another origin read or change anything, by any name of this machine', async () => {
    const attacker = await serve();
    const before = (await site.call('GET', '/v1/jobs')).text;
    const standin = await standinOf(site.ports());
    const calls = async () => (await (await fetch(`${standin}/__sim/ledger`)).text()) as unknown;
    const counted = await calls();
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(`http://${EVIL}:${(attacker.address() as AddressInfo).port}/`);
      const card = job.result?.deck.cards[0]?.id ?? '';
      const own = [`/v1/jobs/${job.id}/cancel`, `/v1/jobs/${job.id}/cards/${card}/regenerate`];
      const effects = [...WRITTEN, ...own].filter((path) => !path.startsWith('/api/v1/'));
      const body = '{"text":"Mine.","scenarios":["http_500"]}';
      for (const port of site.ports())
        for (const name of ['127.0.0.1', 'localhost', EVIL]) {
          const base = `http://${name}:${port}`;
          // The model's API of the stand-in is open to every page, as the real one is.
          const open = (await asks(page, base, READ, {})).filter(([path]) => !path.startsWith('/api/v1/'));
          expect([base, open.filter(([, status]) => status !== 0)]).toEqual([base, []]);
          // In these, a browser asks nobody before it sends. Without a body, a card is made anew.
          for (const sent of [{ body }, {}])
            await asks(page, base, effects, { method: 'POST', mode: 'no-cors', ...sent });
        }
    } finally {
      await context.close();
      attacker.close();
    }
    expect((await site.call('GET', '/v1/jobs')).text).toBe(before);
    expect(await calls()).toEqual(counted);
    expect(await (await fetch(`${standin}/__sim/script`)).json()).toEqual({ scripted: [] });
  });
});

/** A server of the attacker's own. */
async function serve(): Promise<Server> {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('Evil'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

async function standinOf(ports: readonly number[]): Promise<string> {
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const found = await Promise.all(urls.map((url) => fetch(`${url}/__sim/health`).then(({ ok }) => ok, () => false))); // prettier-ignore
  return urls[found.indexOf(true)] ?? '';
}

const PROMETHEUS = '/usr/bin/prometheus';
const [binary, isThere] = [findNginx(), existsSync(PROMETHEUS)];

// What compose.dev.yml publishes on loopback: nginx, the operations port of the API and, through nginx, Prometheus.
(binary && isThere ? describe : describe.skip)('row 93: of a trial with Compose', () => {
  test('no port answers a page under a name of its own', async () => {
    const trial = { OPS_HOST: '0.0.0.0', ALLOWED_HOSTS: 'flashcards.test', TRUST_PROXY_HOPS: 1 };
    const pair = await Pair.start({ workers: 0, settings: trial });
    const folder = mkdtempSync(join(tmpdir(), 'flashcards-rebinding-'));
    const [prometheus, address] = await startPrometheus(folder);
    const nginx = await Nginx.start(binary, pair.url, { AUTH: 'open', prometheus: address });
    const { port: operations } = new URL(pair.apis[0]?.opsUrl ?? '');
    try {
      for (const port of [Number(operations), nginx.prometheusPort]) {
        expect(await statuses(port)).toContain(200);
        expect([port, given(await rebound(port))]).toEqual([port, []]);
      }
      // It sends every page to the fixed name, which gets no answer under another; HTTPS has no certificate for one.
      const [plain, tls] = [await rebound(nginx.plainPort), await rebound(nginx.port)];
      expect([plain, tls].flatMap((answers) => answers.filter(([, status]) => status === 200))).toEqual([]);
    } finally {
      await nginx.stop();
      prometheus.kill();
      await once(prometheus, 'exit');
      rmSync(folder, { recursive: true, force: true });
      await pair.close();
    }
  });
});

async function startPrometheus(folder: string): Promise<[ChildProcess, url: string]> {
  const url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'prometheus.yml'), '');
  const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${new URL(url).host}`]; // prettier-ignore
  const child = spawn(...tied(PROMETHEUS, flags), { stdio: 'ignore' });
  await eventually(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200));
  return [child, url];
}
