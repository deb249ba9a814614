import type { Job } from '@flashcards/shared/contract/job';

/** Requests to an API under test, however it was started. */
export abstract class Calls {
  abstract get url(): string;

  /** A request; the body is read as JSON where there is one. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    url = this.url,
  ): Promise<Called> {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as never) : null,
      text,
    };
  }

  async submit(body: unknown, headers: Record<string, string> = {}): Promise<Job> {
    const answer = await this.call('POST', '/v1/jobs', body, headers);
    if (answer.status !== 202 && answer.status !== 200) throw new Error(`submit: ${answer.status} ${answer.text}`);
    return answer.body as Job;
  }

  /** Submits and waits for the end. */
  async finished(body: unknown, headers: Record<string, string> = {}): Promise<Job> {
    return this.submit(body, { Prefer: 'wait=30', ...headers });
  }

  async ended(id: string, seconds = 30): Promise<Job> {
    const { body } = await this.call('GET', `/v1/jobs/${id}?wait=${seconds}`);
    return body as Job;
  }
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly text: string;
}
