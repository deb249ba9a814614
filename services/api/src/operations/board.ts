import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type ConnectionOptions, type Job as QueueJob, Queue } from 'bullmq';
import { errorRow } from '@flashcards/shared/contract/errors';
import { DELIVERIES_QUEUE, GENERATE_QUEUE } from '@flashcards/shared/queue/queues';
import { objectOf } from '@flashcards/shared/runtime/json';
import { asAppError } from '../http/problem';

/** Answers a GET or HEAD below the board's path; `next` gets what it does not know. */
export type Board = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

export interface BoardParts {
  /** Where it is mounted: `/admin/queues`. */
  readonly path: string;
  /** Fails fast when Redis is away; stays the caller's to close. */
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
}

/** However many jobs a page is asked for. */
const MAX_JOBS = 100;
/** Reasons are words, as the executor gives them. Any other message may quote what it was about. */
const REASON = /^[a-z0-9_]{1,60}$|^job stalled more than allowable limit$/;
const OTHER_REASON = 'something broke: see the logs by the id of the job';

/**
 * Bull-board over both queues, to look at only. It and what it needs cost memory, so this file is loaded when
 * somebody opens the board, and not before.
 */
export function createBoard({ path, connection, prefix, onError }: BoardParts): Board {
  const server = new PageServer(onError);
  server.setBasePath(path);
  const queues = [GENERATE_QUEUE, DELIVERIES_QUEUE].map((name) => {
    const queue = new Queue(name, { connection, prefix, skipWaitingForReady: true, skipMetasUpdate: true });
    queue.on('error', onError);
    return new VeiledQueue(queue, { readOnlyMode: true });
  });
  createBullBoard({
    queues,
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: 'Flashcards',
        hideDocsLink: true,
        // Both ask Redis for what its user for the API may not see, or need not.
        showWorkers: false,
        hideRedisDetails: true,
      },
    },
  });
  return server.board;
}

/** A queue of which no text can be seen, whatever got into one of its jobs. */
class VeiledQueue extends BullMQAdapter {
  override async getJob(id: string): Promise<QueueJob | undefined> {
    const job = await super.getJob(id);
    return job && veiled(job);
  }

  override async getJobs(...[statuses, start = 0, end = start]: Parameters<BullMQAdapter['getJobs']>) {
    return (await super.getJobs(statuses, start, Math.min(end, start + MAX_JOBS - 1))).map(veiled);
  }

  /** Our jobs have no log and no children: what could be found there is not ours. */
  override getJobLogs(): Promise<string[]> {
    return Promise.resolve([]);
  }
  override getFlowProducer(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** The board shows what this gives. */
function veiled(job: QueueJob): QueueJob {
  const whole = job.toJSON();
  const { id, host, event, attempt } = objectOf(whole.data);
  const shown = {
    ...whole,
    data: { id, host, event, attempt },
    progress: 0,
    returnvalue: null,
    stacktrace: [],
    failedReason: reasonOf(whole.failedReason),
    deferredFailure: reasonOf(whole.deferredFailure),
  };
  return Object.assign(job, { toJSON: () => shown });
}

const reasonOf = (reason: string | undefined): string | undefined =>
  reason && !REASON.test(reason) ? OTHER_REASON : reason;

/** What its page asks of another host, and what stands inline until its script runs: our policy allows neither. */
const FOREIGN_FONTS = /<link [^>]*fonts\.googleapis\.com[^>]*>/;
const INLINE_STYLES = /(?<=<div id="root">).*<\/style>\s*(?=<\/div>)/s;

class PageServer extends ExpressAdapter {
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    super();
    this.#onError = onError;
    this.app.disable('x-powered-by');
  }

  get board(): Board {
    return this.app;
  }

  override setEntryRoute({ method, route, handler }: Parameters<ExpressAdapter['setEntryRoute']>[0]): this {
    this.app[method](route, (_request, response, next) => {
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: Error | null, html?: string) => {
        if (error || !html) return next(error);
        response.type('html').send(html.replace(FOREIGN_FONTS, '').replace(INLINE_STYLES, ''));
      });
    });
    return this;
  }

  /** Nothing of a library's message gets out. */
  override setErrorHandler(): this {
    return super.setErrorHandler((error) => {
      this.#onError(error);
      const { title } = errorRow(asAppError(error).code);
      return { status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message: title } };
    });
  }
}
