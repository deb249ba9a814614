import type { Tracing, TracingEvents, TracingSettings } from './spans';

export type { Attributes, Span, Tracing } from './spans';

/** Without an endpoint nothing of OpenTelemetry is loaded. */
export async function startTracing(settings: TracingSettings, events: TracingEvents): Promise<Tracing | undefined> {
  if (!settings.endpoint) return undefined;
  const { createTracing } = await import('./sdk.js');
  return createTracing({ ...settings, endpoint: settings.endpoint }, events);
}
