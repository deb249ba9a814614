import { AppError } from '@flashcards/shared/contract/errors';
import type { Format } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';

/** Each format and its media type without parameters. */
const OFFERED = (Object.entries(FORMATS) as [FormatName, Format][]).map(
  ([name, { mediaType }]) => [name, mediaType.replace(/;.*/, '')] as const,
);

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The format a client gets: the one it names, else what it likes best by its `Accept` (RFC 9110, 12.5.1), JSON first
 * where it likes several as much.
 * @throws AppError `not_acceptable` when it accepts none.
 */
export function formatFor(named: FormatName | undefined, accept: string | undefined): FormatName {
  if (named) return named;
  const ranges = rangesIn(accept ?? '*/*');
  let best: { name: FormatName; quality: number } | undefined;
  for (const [name, type] of OFFERED) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { name, quality };
  }
  if (best) return best.name;
  const offered = [...new Set(OFFERED.map(([, type]) => type))].join(', ');
  throw new AppError('not_acceptable', `A deck is offered as ${offered}.`);
}

const MAX_RANGES = 50;

const rangesIn = (accept: string): Range[] =>
  accept
    .split(',')
    .slice(0, MAX_RANGES)
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: weight === undefined ? 1 : Number(weight) || 0 };
    });

/** By the range that is nearest to the type. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const nearness = [type, `${type.split('/')[0]}/*`, '*/*'];
  for (const wanted of nearness) {
    const range = ranges.find((one) => one.type === wanted);
    if (range) return range.quality;
  }
  return 0;
}
