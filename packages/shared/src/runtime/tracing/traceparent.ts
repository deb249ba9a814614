const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NONE = /^0+$/;

/**
 * A `traceparent` (W3C trace context, level 1) as we pass it on: as version 00. Of its flags, only the one that keeps
 * the trace stays. Undefined without one, and for one that breaks a rule, which counts as none; never throws.
 */
export function readTraceparent(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, version, trace = '', span = '', flags = '', more] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (NONE.test(trace) || NONE.test(span)) return undefined;
  return `00-${trace}-${span}-0${parseInt(flags, 16) & 1}`;
}

/** The trace of a `traceparent` that was read or made by us: 32 hex digits. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);

/** Whether its trace is kept, so that there is something to look at. */
export const isKept = (traceparent: string): boolean => traceparent.endsWith('1');

/** For a log line: the trace that it belongs to, where there is one. */
export const traceFields = (traceparent: string | undefined): { trace_id?: string } =>
  traceparent ? { trace_id: traceIdOf(traceparent) } : {};
