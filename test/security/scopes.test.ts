import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES } from '@flashcards/shared/security/api-key';
import { adminRoutes, routes } from '../../services/api/src/routes';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(60_000);
const ALL = [...routes({ maxTextChars: 10_000, maxCards: 50, models: ['m'] }), ...adminRoutes];
const PAGE = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');

/** As the page says it: scope -> what it opens. */
const written = new Map(
  [...PAGE.matchAll(/^\| `?(none|[a-z]+:[a-z]+|admin)`? +\| (.*?) +\|$/gm)].map(([, scope = '', opens = '']) => [
    scope,
    [...opens.matchAll(/`([A-Z]+ [^`]+)`/g)].map(([, endpoint]) => endpoint as string).sort(),
  ]),
);

test.each(['none', ...SCOPES])('row 81: what the page says of the scope %s is what the table of endpoints says', (scope) => {
  const opens = ALL.filter((endpoint) => endpoint.scope === (scope === 'none' ? 'public' : scope));
  expect(opens.length).toBeGreaterThan(0);
  expect(written.get(scope)).toEqual(opens.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort());
}); // prettier-ignore

describe('a key with one scope', () => {
  let pair: Pair;
  const keys = new Map<string, MadeKey>();
  beforeAll(async () => {
    pair = await Pair.start({ workers: 0, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1 } });
    for (const scope of SCOPES)
      keys.set(scope, await makeKey(pair, `with-${scope.replace(':', '-')}`, '--scopes', scope));
  });
  afterAll(() => pair.close());

  test.each(SCOPES)('row 81: %s opens what it should and gets a 403 from all the rest', async (scope) => {
    for (const [i, { method, path, scope: needed }] of ALL.entries()) {
      const isAdmin = needed === 'admin';
      const url = path.replace('{id}', '01993f5e-7c1a-7b7e-9d54-0d8a6a3c2f11').replace(/\{\w+\}/g, '0123456789abcdef');
      const headers = { ...bearer(keys.get(scope) as MadeKey), 'X-Forwarded-For': `10.0.${SCOPES.indexOf(scope)}.${i}` };
      const at = isAdmin ? pair.apis[0]?.opsUrl : pair.url;
      const { status } = await pair.call(method.toUpperCase(), url, method === 'get' || method === 'delete' ? undefined : {}, headers, at);
      const open = needed === 'public' || needed === scope;
      expect([method, path, status === 403, status === 401]).toEqual([method, path, !open, false]);
    }
  }); // prettier-ignore
});
