const TEXT = '叶绿体是植物细胞中进行光合作用的细胞器。Chlorophyll is the pigment that absorbs light.';

/** A request as the documentation shows it. */
export interface Example {
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/**
 * The request that the documentation shows for an endpoint, by its method and path; without a row it has neither query
 * nor body. A test sends every one of them and holds the answer against what is documented.
 */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  'post /v1/jobs': {
    headers: { 'Idempotency-Key': 'note-42', Prefer: 'wait=30' },
    body: { text: TEXT, options: { cards: 3, types: ['basic', 'cloze'] }, metadata: { course: 'bio-1' } },
  },
  'post /v1/jobs/batch': {
    body: { jobs: [{ text: TEXT }, { text: 'Chlorophyll is the pigment that absorbs light.', options: { cards: 1 } }] },
  },
  'get /v1/jobs/{id}': { query: { wait: 30 } },
  'get /v1/jobs': { query: { status: 'completed', limit: 5 } },
  'get /v1/jobs/{id}/cards': { query: { format: 'csv' } },
  'patch /v1/jobs/{id}/cards/{card_id}': { body: { review: 'accepted' } },
  'post /v1/jobs/{id}/cards/{card_id}/regenerate': { body: {} },
  'post /generate': { body: { text: TEXT } },
};
