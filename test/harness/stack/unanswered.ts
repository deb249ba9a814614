import { eventually } from '../eventually';
import { type MadeKey, bearer } from './keys';
import type { Pair } from './pair';

/** The id of a job whose model does not answer while a test runs. */
export async function unanswered(pair: Pair, key: MadeKey, text: string): Promise<string> {
  await pair.script('hang_before_headers');
  const { id } = await pair.submit({ text }, bearer(key));
  await eventually(async () => {
    const { body } = await pair.call('GET', `/v1/jobs/${id}`, undefined, bearer(key));
    expect(body).toMatchObject({ status: 'running' });
  });
  return id;
}
