import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const files = (directory: string): string[] => readdirSync(join(ROOT, directory)).map((name) => join(directory, name)); // prettier-ignore

const documented = new Set(
  [...readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8').matchAll(/^\| `(flashcards_\w+)`/gm)].map(([, name]) => name),
);
/** What Node reports of itself, and what scripts leave for the node exporter. */
const FROM_ELSEWHERE = /^flashcards_(process|nodejs)_|^flashcards_(backup_last_success|certificate_not_after)_timestamp_seconds$/; // prettier-ignore
const exists = (name: string): boolean =>
  documented.has(name) || documented.has(name.replace(/_(bucket|count|sum)$/, '')) || FROM_ELSEWHERE.test(name);

test.each([...files('monitoring/prometheus/rules'), ...files('monitoring/grafana/dashboards')])(
  'every metric that %s names is one that a process serves',
  (file) => {
    const names = readFileSync(join(ROOT, file), 'utf8').match(/\bflashcards_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    expect([...new Set(names)].filter((name) => !exists(name))).toEqual([]);
  },
);
