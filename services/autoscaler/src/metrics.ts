import { Gauge, createRegistry } from '@flashcards/shared/runtime/metrics';

/** Every metric of the autoscaler. */
export function createAutoscalerMetrics(region: string) {
  const registry = createRegistry('autoscaler', region);
  const registers = [registry];
  return {
    registry,
    desired: new Gauge({
      name: 'flashcards_workers_desired',
      help: 'Number of workers that the load needs, within the limits.',
      registers,
    }),
  };
}
