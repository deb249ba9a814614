// npm run test:browser: the page in Chromium, against npm start. Pictures of each state go to .data/browser; with --picture
// the README's is made again from them.
import { copyFileSync, existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`No Chromium at ${chromium}: apt-get install chromium fonts-noto-cjk, or set CHROMIUM.`);
  process.exit(1);
}
const picture = process.argv.indexOf('--picture');
if (picture > 0) {
  process.argv.splice(picture, 1);
  process.on('exit', (code) => code === 0 && copyFileSync('.data/browser/deck-zh.png', 'docs/page.png'));
}
// One browser at a time: two cores.
process.argv.splice(3, 0, '--runInBand');
await import('./test.mjs');
