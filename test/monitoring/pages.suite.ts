// What a web page on the machine of an operator can do to Prometheus, with the settings that are deployed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tied } from '../../scripts/tied.cjs';
import { eventually } from '../harness/eventually';
import { freePort } from '../harness/redis/redis-server';

const folder = mkdtempSync(join(tmpdir(), 'flashcards-prometheus-'));
let prometheus: ChildProcess;
let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'prometheus.yml'), '');
  const compose = readFileSync(join(__dirname, '../../deploy/compose/compose.yml'), 'utf8');
  const flags = [...compose.matchAll(/^ +- (--web\.\S+)$/gm)].map(([, flag = '']) => flag);
  const own = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${new URL(url).host}`,
  ];
  prometheus = spawn(...tied('prometheus', [...own, ...flags]), { stdio: 'ignore' });
  await eventually(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), 30_000);
}, 60_000);
afterAll(async () => {
  const gone = new Promise((resolve) => prometheus.once('exit', resolve));
  prometheus.kill();
  await gone;
  rmSync(folder, { recursive: true, force: true });
});

test.each(['/-/quit', '/-/reload', '/api/v1/admin/tsdb/delete_series?match[]=up', '/api/v1/admin/tsdb/snapshot'])(
  'row 98: nobody may POST %s',
  async (path) => {
    for (const method of ['POST', 'PUT']) expect((await fetch(url + path, { method })).ok).toBe(false);
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
  },
);

test('row 98: a page of another origin reads no metric', async () => {
  const { status, headers } = await fetch(`${url}/api/v1/query?query=1`, { headers: { Origin: 'https://evil.example' } }); // prettier-ignore
  expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
});
