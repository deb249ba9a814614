import type { DayUsage, UsageReport } from '../wire';
import { type Call, EXIT, UsageError, whole } from './settings';

const DAYS = 7;

/** `flashcards usage`: what one's own jobs used by day, and what is left of the limits today. */
export async function usage(call: Call): Promise<number> {
  if (call.words.length > 0) throw new UsageError(`What is "${call.words[0]}"? flashcards usage takes options only.`);
  const report = await call.client.usage({ days: whole(call, 'days') ?? DAYS }, { signal: call.signal });
  if (call.options['json'] === true) call.terminal.out(`${JSON.stringify(report)}\n`);
  else for (const line of [...report.days.map(lineOf), ...limitsIn(report)]) call.terminal.out(`${line}\n`);
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

/** Only limits that there are. */
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
