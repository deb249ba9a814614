// npm run prose [-- PATH …]: the findings of the prose check, of all files or of those whose path begins so.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findingsIn, isChecked } from './prose-rules.mjs';
import { isPage } from './sentences.mjs';

// Run by scripts/run.mjs, the paths follow the name of the command. `npm run check` runs it without any.
const only = process.argv.slice(3);
const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter(
    (file) => isChecked(file) && existsSync(file) && (only.length === 0 || only.some((part) => file.startsWith(part))),
  );
const findings = files.flatMap(findingsIn);
for (const finding of findings) console.log(finding);
const pages = files.filter(isPage).length;
console.log(`${findings.length} findings in ${pages} pages and ${files.length - pages} sources`);
if (findings.length > 0) process.exitCode = 1;
