import type { Answer, Deps, Input } from '../../http/endpoint';

/** `GET /v1/jobs/{id}/deliveries`: what was sent to the job's webhook; empty before the end and without a webhook. */
export async function listDeliveries({ params, tenant }: Input, { deliveries }: Deps): Promise<Answer> {
  return { status: 200, body: { deliveries: await deliveries.read(params['id'] ?? '', tenant) } };
}
