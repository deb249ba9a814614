import { type IncomingHttpHeaders, request } from 'node:http';
import { type Standin, startStandin } from '../index';

let standin: Standin;
beforeAll(async () => {
  standin = await startStandin();
});
afterAll(() => standin.close());

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
}
const get = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, headers: answer.headers });
    });
    sent.on('error', reject).end();
  });

describe('what the control plane keeps of the texts', () => {
  const kept = (): string => `${standin.controlUrl}/requests?bodies=1`;

  it('is read by no page of another origin', async () => {
    const { status, headers } = await get(kept(), { Origin: 'https://evil.example' });
    expect([status, headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it.each([{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }])(
    'is changed by no page of another origin (%j)',
    async (headers) => {
      const reset = `${standin.controlUrl}/reset`;
      expect((await get(reset, headers, 'POST')).status).toBe(403);
      expect((await get(reset, { Origin: new URL(reset).origin }, 'POST')).status).toBe(200);
      expect((await get(reset, {}, 'POST')).status).toBe(200);
    },
  );
});

it('on loopback the stand-in answers under no name but those of loopback, whatever is asked', async () => {
  for (const url of [
    `${standin.controlUrl}/requests?bodies=1`,
    `${standin.url}/models`,
    new URL('/', standin.url).href,
  ]) {
    expect((await get(url, { Host: `evil.example:${standin.port}` })).status).toBe(421);
    for (const host of ['localhost', '127.0.0.1'])
      expect((await get(url, { Host: `${host}:${standin.port}` })).status).toBe(200);
  }
});

it('the API itself is open to every page, as the real one is', async () => {
  const { headers } = await get(`${standin.url}/models`, { Origin: 'https://app.example' });
  expect(headers['access-control-allow-origin']).toBe('*');
});
