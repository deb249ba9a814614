import type { Scenario } from './scenario';
import { SCENARIO_GROUPS } from './table';

const params = ({ params: known = {} }: Scenario): string =>
  Object.entries(known)
    .map(([name, meaning], i) => `${i === 0 ? ' ' : ''}\`${name}\`: ${meaning}`)
    .join('. ');

/** The scenarios as Markdown tables: what the README shows and `--scenarios` prints. */
export const scenarioDocs = (): string =>
  Object.entries(SCENARIO_GROUPS)
    .map(([group, table]) => {
      const rows = Object.entries(table).map(([name, row]) => `| \`${name}\` | ${row.about} |${params(row)} |`);
      return [`### ${group}`, '', '| name | what happens | parameters |', '| --- | --- | --- |', ...rows].join('\n');
    })
    .join('\n\n');
