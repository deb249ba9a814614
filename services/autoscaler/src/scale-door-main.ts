import { Lifecycle, run } from '@flashcards/shared/runtime/lifecycle';
import { createLogger } from '@flashcards/shared/runtime/logger';
import { readScaleDoorConfig } from './config';
import { createEngine } from './engine';
import { startScaleDoor } from './scale-door';

run(async () => {
  const config = readScaleDoorConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'scale-door', region: '' });
  const lifecycle = new Lifecycle(logger, 5);
  lifecycle.listen();
  const engine = createEngine(config.DOCKER_SOCKET, config.WORKER_SERVICE);
  const { server, port } = await startScaleDoor({ host: config.HOST, port: config.PORT }, engine, config, logger);
  lifecycle.hold('server', () => server.close());
  logger.info('scale_door.started', { port, workers: config.WORKER_SERVICE });
  lifecycle.ready();
});
