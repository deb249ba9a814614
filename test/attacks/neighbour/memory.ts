import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../../harness/processes';
import type { Held } from './judge';

const COMPOSE = readFileSync(join(__dirname, '../../../deploy/compose/compose.yml'), 'utf8');
const UNITS: Readonly<Record<string, number>> = { k: 1_024, m: 1_048_576, g: 1_073_741_824 };
const SAMPLE_MS = 200;

/** What a container of Compose may hold. */
export function limitOf(service: string): number {
  const [, , rest = ''] = COMPOSE.split(new RegExp(`^(  ${service}:.*)$`, 'm'));
  const own = rest.split(/^ {2}\S/m)[0] ?? '';
  const [, size, unit] = /limits: \{[^}]*\bmemory: (\d+)([kmg])/.exec(own) ?? [];
  const bytes = Number(size) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!Number.isFinite(bytes)) throw new Error(`compose.yml has no limit of memory for ${service}`);
  return bytes;
}

/** A part of the service: a process, with all that it started, and bytes in its own temporary files. */
export interface Part {
  readonly part: string;
  /** Its name in Compose. */
  readonly service: string;
  readonly pid: number;
  readonly fileBytes?: () => number;
}

/** Resident bytes of a process and its children; those that ended meanwhile hold nothing. */
function residentBytes(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
    return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), own);
  } catch {
    return 0;
  }
}

/** Looks at the parts again and again; what it returns stops that, and says the most that each held. */
export function watchMemory(parts: readonly Part[]): () => Held[] {
  const peaks = new Map<Part, number>();
  const look = (): void => {
    for (const one of parts)
      peaks.set(one, Math.max(peaks.get(one) ?? 0, residentBytes(one.pid) + (one.fileBytes?.() ?? 0)));
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    look();
    return parts.map((one) => ({ part: one.part, bytes: peaks.get(one) ?? 0, limitBytes: limitOf(one.service) }));
  };
}
