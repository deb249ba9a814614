import type { Answer, Deps, Input } from '../../http/endpoint';

/** `GET /health`: the deep check, for people and monitors; an orchestrator asks `/livez` and `/readyz`. */
export async function readHealth(_input: Input, { health }: Deps): Promise<Answer> {
  const report = await health.check();
  return { status: report.status === 'unhealthy' ? 503 : 200, body: report };
}
