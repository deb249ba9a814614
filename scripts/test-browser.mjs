// npm run test:browser: the page in Chromium, against real processes. Pictures of each state go to .data/browser.
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`No Chromium at ${chromium}: apt-get install chromium fonts-noto-cjk, or set CHROMIUM.`);
  process.exit(1);
}
// One browser at a time: two cores.
process.argv.splice(3, 0, '--runInBand');
await import('./test.mjs');
