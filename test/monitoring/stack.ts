import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tied } from '../../scripts/tied.cjs';
import { eventually } from '../harness/eventually';
import { freePort } from '../harness/redis/redis-server';
import { hurried } from './hurried';

const ROOT = join(__dirname, '../..');
export interface Target {
  readonly job: string;
  readonly address: string;
}

export interface AlertNotification {
  readonly receiver: string;
  readonly status: string;
  readonly alert: string;
}

/** Prometheus and Alertmanager as Debian ships them, with the rules and routes of this repository. */
export class Stack {
  readonly notifications: AlertNotification[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), 'flashcards-monitoring-'));
  readonly #children: ChildProcess[] = [];
  #receiver: Server | undefined;
  /** What the scripts leave for the node exporter's textfile collector. */
  #textfile = '';
  /** Stands in for `scale-door`: it always reports two workers. */
  scaleDoor = '';
  /** Where it answers. */
  prometheus = '';
  /** Receives webhooks, and answers with the status at its end. */
  hook = '';

  static async start(targets: readonly Target[]): Promise<Stack> {
    const stack = new Stack();
    await stack.#begin(targets);
    return stack;
  }

  relabelNode({ backupAgeSeconds, certificateDays }: { backupAgeSeconds: number; certificateDays: number }): void {
    const now = Date.now() / 1_000;
    this.#textfile =
      `flashcards_backup_last_success_timestamp_seconds ${now - backupAgeSeconds}\n` +
      `flashcards_certificate_not_after_timestamp_seconds ${now + certificateDays * 86_400}\n`;
  }

  async #begin(targets: readonly Target[]): Promise<void> {
    const receiverPort = await this.#listen();
    const [alertmanagerPort, prometheusPort] = [await freePort(), await freePort()];
    this.#writeAlertmanager(receiverPort);
    this.#writePrometheus([...targets, { job: 'node', address: `127.0.0.1:${receiverPort}` }], alertmanagerPort);
    this.#run('prometheus-alertmanager', [
      `--config.file=${this.#dir}/alertmanager.yml`,
      `--storage.path=${this.#dir}/alertmanager`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ]);
    this.#run('prometheus', [
      `--config.file=${this.#dir}/prometheus.yml`,
      `--storage.tsdb.path=${this.#dir}/tsdb`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      // What it sends before it has found Alertmanager is lost, and sent again after this.
      '--rules.alert.resend-delay=2s',
      '--enable-feature=exemplar-storage',
    ]);
    this.prometheus = `http://127.0.0.1:${prometheusPort}`;
    await eventually(async () => expect((await fetch(`${this.prometheus}/-/ready`)).status).toBe(200), 30_000);
  }

  /** Whom Alertmanager notifies, and the target that stands in for the node exporter. */
  async #listen(): Promise<number> {
    this.#receiver = createServer((request, response) => {
      if (request.url === '/replicas') return void response.end(JSON.stringify({ replicas: 2 }));
      if (request.method === 'GET') return void response.end(this.#textfile);
      if (request.url?.startsWith('/hook/')) return void response.writeHead(Number(request.url.slice(6))).end();
      let body = '';
      request.on('data', (data: Buffer) => (body += data.toString()));
      request.on('end', () => {
        const { attachments } = JSON.parse(body) as { attachments: { title: string }[] };
        const [status = '', alert = ''] = (attachments[0]?.title ?? '').split(': ');
        this.notifications.push({ receiver: (request.url ?? '').slice(1), status, alert });
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => this.#receiver?.listen(0, '127.0.0.1', resolve));
    const { port } = this.#receiver.address() as AddressInfo;
    this.hook = `http://127.0.0.1:${port}/hook/`;
    this.scaleDoor = `http://127.0.0.1:${port}`;
    return port;
  }

  #writeAlertmanager(port: number): void {
    mkdirSync(join(this.#dir, 'secrets'));
    for (const name of ['pager', 'tickets', 'watchdog'])
      writeFileSync(join(this.#dir, `secrets/${name}_url`), `http://127.0.0.1:${port}/${name}`);
    const config = readFileSync(join(ROOT, 'monitoring/alertmanager/alertmanager.yml'), 'utf8')
      .replaceAll('/etc/alertmanager/secrets', `${this.#dir}/secrets`)
      .replace(/group_wait: \d+s/g, 'group_wait: 1s')
      .replace(/group_interval: \d+m/g, 'group_interval: 2s');
    writeFileSync(join(this.#dir, 'alertmanager.yml'), config);
  }

  #writePrometheus(targets: readonly Target[], alertmanagerPort: number): void {
    const rules = join(ROOT, 'monitoring/prometheus/rules');
    mkdirSync(join(this.#dir, 'rules'));
    for (const name of readdirSync(rules))
      writeFileSync(join(this.#dir, 'rules', name), hurried(readFileSync(join(rules, name), 'utf8')));
    const jobs = [...new Set(targets.map(({ job }) => job))].map((job) => ({
      job_name: job,
      static_configs: [{ targets: targets.filter((target) => target.job === job).map(({ address }) => address) }],
    }));
    // JSON is YAML.
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [`${this.#dir}/rules/*.yml`],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
      scrape_configs: jobs,
    };
    writeFileSync(join(this.#dir, 'prometheus.yml'), JSON.stringify(config));
  }

  #run(program: string, args: string[]): void {
    this.#children.push(spawn(...tied(program, args), { stdio: 'ignore' }));
  }

  async query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const url = `${this.prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: { result: never[] } };
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  /** The labels of the exemplars that are kept of a series. */
  async exemplars(series: string): Promise<Record<string, string>[]> {
    const now = Date.now() / 1_000;
    const url = `${this.prometheus}/api/v1/query_exemplars?query=${encodeURIComponent(series)}&start=${now - 600}&end=${now}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { exemplars: { labels: Record<string, string> }[] }[];
    };
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  }

  async firing(): Promise<string[]> {
    const series = await this.query('ALERTS{alertstate="firing"}');
    return namesOf(series);
  }

  /** What fired at some time in the last `seconds`, whether Alertmanager sent it or held it back. */
  async fired(seconds: number): Promise<string[]> {
    return namesOf(
      await this.query(`max_over_time(ALERTS{alertstate="firing"}[${Math.max(1, Math.floor(seconds))}s])`),
    );
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#children.map((child) => {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return gone;
      }),
    );
    await new Promise((resolve) => this.#receiver?.close(resolve) ?? resolve(undefined));
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const namesOf = (series: readonly { metric: Record<string, string> }[]): string[] =>
  [...new Set(series.map(({ metric }) => metric['alertname'] ?? ''))].sort();
