import { sendError } from '../http/call';
import type { Call } from '../http/call';
import { errorBody, parameters404 } from '../chat/error-bodies';
import { hash32 } from '../seeded';
import { numberParam } from './scenario';
import type { Params, Scenario, ScenarioTable, Serve } from './scenario';
import { contents } from './contents';
import { statuses } from './statuses';
import { wires } from './wires';

const hands = (call: Call, params: Params, serve: Serve, name: string): void => {
  const scenario = statuses[name] ?? contents[name] ?? wires[name];
  call.entry.scenario = `${call.entry.scenario}>${name}`;
  if (scenario) scenario.run(call, params, serve);
  else serve();
};

/** Each call gets one of the names, by seeded random numbers. `ok` serves it without a fault. */
const oneOf = (about: string, names: readonly string[]): Scenario => ({
  about,
  run: (call, params, serve) => hands(call, params, serve, names[Math.floor(call.sim.random() * names.length)] ?? 'ok'),
});

const always = (about: string, name: string, more: Params = {}): Scenario => ({
  about,
  run: (call, params, serve) => hands(call, { ...more, ...params }, serve, name),
});

const formatOf = (call: Call): unknown => call.request.responseFormat?.['type'];

/** Mixtures, and faults that depend on the request. */
export const presets = {
  ok: { about: 'No fault.', run: (_call, _params, serve) => serve() },
  happy: { about: 'No fault.', run: (_call, _params, serve) => serve() },
  no_json_schema: {
    about: 'Refuses `json_schema`; `json_object` or no format is served.',
    params: { status: '404 (default, no endpoints) or 400 (the provider says so)' },
    run: (call, params, serve) => {
      if (formatOf(call) !== 'json_schema') return serve();
      if (params['status'] !== '400') return sendError(call, 404, parameters404());
      const raw = `${call.model.id} does not support 'json_schema' response format. Supported formats: json_object.`;
      sendError(call, 400, errorBody(400, 'Provider returned error', { raw, provider_name: call.model.provider }));
    },
  },
  no_response_format: {
    about: 'Refuses any `response_format`.',
    params: { status: '404 (default) or 400' },
    run: (call, params, serve) => {
      if (call.request.responseFormat === null) return serve();
      if (params['status'] !== '400') return sendError(call, 404, parameters404());
      const raw = "Unsupported parameter: 'response_format'";
      sendError(call, 400, errorBody(400, 'Provider returned error', { raw, provider_name: call.model.provider }));
    },
  },
  flaky_5pct: {
    about: 'One call in twenty fails, in one of several ways.',
    params: { share: 'default 0.05' },
    run: (call, params, serve) => {
      if (call.sim.random() >= numberParam(params, 'share', 0.05)) return serve();
      oneOf('', ['500', '502', '503', '429', 'reset_before_headers']).run(call, params, serve);
    },
  },
  storm_429: {
    about: 'Most calls are answered 429 until the storm ends. It starts with the first call of a key.',
    params: { share: 'default 0.8', seconds: 'default 60', retry_after: 'as of `429`' },
    run: (call, params, serve) => {
      const id = `storm ${call.entry.key_hash} ${call.model.id}`;
      const began = call.sim.timesUsed.get(id) ?? Date.now();
      call.sim.timesUsed.set(id, began);
      const over = Date.now() - began > numberParam(params, 'seconds', 60) * 1000;
      if (over || call.sim.random() >= numberParam(params, 'share', 0.8)) return serve();
      hands(call, params, serve, '429');
    },
  },
  outage: oneOf('Nothing works: 503, 529 and web pages.', ['503', '529', 'html']),
  brownout: {
    about: 'Everything works, ten times slower; some calls much slower.',
    params: { ms: 'the usual time, default 2000' },
    run: (call, params, serve) => {
      const ms = numberParam(params, 'ms', 2000);
      serve({ latencyMs: call.sim.random() < 0.1 ? ms * 10 : ms });
    },
  },
  blackhole: always('Calls hang with comments.', 'comments_forever'),
  liar: oneOf('Status 200 with bodies that are no answers.', [
    '200_error',
    'choices_empty',
    'blank',
    'null',
    'prose_only',
    'truncated',
  ]),
  broke: always('No credits.', '402'),
  revoked: always('The key is revoked.', '401'),
  chaos: {
    about: 'Anything, half of the time. Which fault a body meets depends on the seed and on how often it came.',
    run: (call, params, serve) => {
      if (call.sim.random() < 0.5) return serve();
      const names = [...Object.keys(statuses), ...Object.keys(contents), ...Object.keys(wires)].filter(
        (name) => name !== 'billing_trap',
      );
      const pick = (hash32(call.entry.body_sha256) + Math.floor(call.sim.random() * 1e6)) % names.length;
      hands(call, params, serve, names[pick] ?? 'ok');
    },
  },
} satisfies ScenarioTable;
