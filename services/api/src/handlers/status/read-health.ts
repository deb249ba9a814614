import { endpoint } from '../../http/endpoint';
import { healthSchema } from '../../operations/health';

/** For people and monitors; an orchestrator asks `/livez` and `/readyz`. */
export const readHealth = endpoint({
  method: 'get',
  path: '/health',
  scope: 'public',
  summary: 'Deep check of everything the service stands on',
  answers: {
    200: { description: 'Healthy or degraded.', schema: healthSchema },
    503: { description: 'Unhealthy.', schema: healthSchema },
  },
  errors: [],
  handler: async (_input, { health }) => {
    const report = await health.check();
    return { status: report.status === 'unhealthy' ? 503 : 200, body: report };
  },
});
