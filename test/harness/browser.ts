import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import type { AxeResults } from 'axe-core';

const ROOT = join(__dirname, '../..');
/** Pictures of each state: artifacts of the run. */
export const PICTURES = join(ROOT, '.data/browser');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Debian's Chromium, without anything that calls home. `more`: arguments beside its own. */
export function launch(...more: string[]): Promise<Browser> {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** A visit to the page, and everything that must not happen in one. */
export class Visit {
  readonly faults: string[] = [];

  readonly #origin: string;

  private constructor(
    readonly page: Page,
    origin: string,
  ) {
    this.#origin = origin;
  }

  static async begin(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...options });
    const page = await context.newPage();
    const visit = new Visit(page, new URL(url).origin);
    await visit.#watch();
    await page.goto(url);
    return visit;
  }

  async #watch(): Promise<void> {
    const page = this.page;
    const faults = this.faults;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(blob|data):/.test(url) && new URL(url).origin !== this.#origin) faults.push(`foreign request: ${url}`);
    });
    await page.exposeFunction('reportViolation', (what: string) => faults.push(`policy: ${what}`));
    await page.addInitScript({
      content:
        "addEventListener('securitypolicyviolation', (e) => reportViolation(e.violatedDirective + ' ' + e.blockedURI))",
    });
  }

  /** A picture of what is seen now. */
  async picture(name: string, fullPage = false): Promise<void> {
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage, animations: 'disabled' });
  }

  /** What axe-core finds wrong for people who see, hear or move otherwise. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate<AxeResults>('axe.run()');
    return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }

  async end(): Promise<void> {
    await this.page.context().close();
  }
}
