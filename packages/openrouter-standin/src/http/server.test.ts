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
const get = (url: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (answer) => {
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

  it('is read under no name but those of loopback', async () => {
    expect((await get(kept(), { Host: `evil.example:${standin.port}` })).status).toBe(421);
    expect((await get(kept(), { Host: `localhost:${standin.port}` })).status).toBe(200);
  });
});

it('the API itself is open to every page, as the real one is', async () => {
  const { headers } = await get(`${standin.url}/models`, { Host: 'openrouter.example' });
  expect(headers['access-control-allow-origin']).toBe('*');
});
