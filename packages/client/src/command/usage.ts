import type { DayUsage, UsageReport } from '../wire';
import { linesOf } from './terminal';
import { type Call, EXIT, USAGE_DAYS, noWords, whole } from './settings';

/** `flashcards usage`: what the caller's jobs used by day, and what is left of the limits today. */
export async function usage(call: Call): Promise<number> {
  noWords(call, 'usage');
  const report = await call.client.usage({ days: whole(call, 'days') ?? USAGE_DAYS }, { signal: call.signal });
  const lines =
    call.options['json'] === true ? [JSON.stringify(report)] : [...report.days.map(lineOf), ...limitsIn(report)];
  await call.terminal.out(linesOf(lines));
  return EXIT.ok;
}

const number = (value: number): string => value.toLocaleString('en-US');
const counted = (value: number, what: string): string => `${number(value)} ${what}${value === 1 ? '' : 's'}`;
const dollars = (value: number): string => `$${value.toFixed(4)}`;

function lineOf({ date, jobs, cards, cache_hits, input_tokens, output_tokens, cost_usd }: DayUsage): string {
  const cached = cache_hits > 0 ? `, ${number(cache_hits)} of them from the cache` : '';
  const tokens = counted(input_tokens + output_tokens, 'token');
  return `${date}  ${counted(jobs, 'job')}${cached}, ${counted(cards, 'card')}, ${tokens}, ${dollars(cost_usd)}`;
}

/** What is left of the limits that exist. */
function limitsIn({ limits, left }: UsageReport): string[] {
  const parts = [
    left.open_jobs === null ? '' : `${counted(left.open_jobs, 'more job')} at once`,
    left.tokens_per_day === null ? '' : counted(left.tokens_per_day, 'token'),
    left.usd_per_day === null ? '' : dollars(left.usd_per_day),
  ].filter(Boolean);
  const rate = limits.submits_per_minute;
  return [
    ...(parts.length > 0 ? [`Left today: ${parts.join(', ')}.`] : []),
    ...(rate === null ? [] : [`At most ${counted(rate, 'submit')} a minute.`]),
    ...(parts.length === 0 && rate === null ? ['No limits.'] : []),
  ];
}
