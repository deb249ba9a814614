// Loaded into a process of ours by a control (`NODE_OPTIONS=--require`, SABOTAGE=name): takes away what holds a promise,
// so that the checker must see it broken. Nothing of this can be reached by a setting of the product.
const fs = require('node:fs');
const { join } = require('node:path');

/**
 * @typedef {import('../../packages/shared/dist/store/jobs/job-store.js').Store} Store
 */

/**
 * A module of the worker, in the worker alone.
 * @param {string} name
 * @returns {unknown}
 */
const worker = (name) => {
  const path = join(__dirname, '../../services/worker/dist', `${name}.js`);
  return process.argv[1]?.includes('/worker/') ? require(path) : undefined;
};

/**
 * Changes a script of the store as it is read; a change that changes nothing is an error.
 * @param {Record<string, [from: string, to: string][]>} changes
 */
function rewrite(changes) {
  const { readFileSync } = fs;
  /** @type {(path: import('node:fs').PathOrFileDescriptor, options?: BufferEncoding) => string | Buffer} */
  const changed = (path, options) => {
    const text = readFileSync(path, options);
    const name = /([a-z-]+)\.lua$/.exec(String(path))?.[1] ?? '';
    return (
      changes[name]?.reduce((lua, [from, to]) => {
        if (!lua.includes(from)) throw new Error(`there is nothing to take away in ${name}.lua: ${from}`);
        return lua.replaceAll(from, to);
      }, String(text)) ?? text
    );
  };
  Object.assign(fs, { readFileSync: changed });
}

/**
 * Changes what `createStore` makes.
 * @param {(made: Store) => Partial<Store>} change
 */
function restore(change) {
  const store = require('../../packages/shared/dist/store/jobs/job-store.js');
  const { createStore } = store;
  /** @type {typeof createStore} */
  const changed = (...args) => {
    const made = createStore(...args);
    return { ...made, ...change(made) };
  };
  Object.assign(store, { createStore: changed });
}

/** @type {Record<string, () => void>} */
const SABOTAGES = {
  /** Nobody looks for jobs whose worker is gone. */
  no_recovery() {
    rewrite({
      sweep: [['local SLICE = 1000', 'local SLICE = 1000\nif true then return \'{"requeued":0,"ended":{}}\' end']],
    });
    const path = require.resolve('bullmq', { paths: [join(__dirname, '../../services/worker')] });
    const { Worker } = /** @type {typeof import('bullmq')} */ (require(path));
    Object.assign(Worker.prototype, { moveStalledJobsToWait: () => Promise.resolve() });
  },

  /** A run that was taken from its worker may still write, and an end may follow an end. */
  no_fence() {
    rewrite({
      ending: [
        [
          'if not job.status or not is_open(job.status) then return false end',
          'if not job.status then return false end',
        ],
        ['if outcome.run and tonumber(job.run) ~= outcome.run then return false end', ''],
      ],
    });
    // Nor is a worker notified that it has lost a job.
    restore(() => ({ holds: () => Promise.resolve(true) }));
    const running = /** @type {typeof import('../../services/worker/dist/runs/running.js') | undefined} */ (
      worker('runs/running')
    );
    if (!running) return;
    const { stop } = running.Running.prototype;
    running.Running.prototype.stop = function (id, why) {
      if (why !== 'lost') stop.call(this, id, why);
    };
  },

  /** Nobody is notified of the end of a job. */
  no_outbox() {
    rewrite({ ending: [['if job.hook then notify_webhook(id, job.hook, outcome.status, now) end', '']] });
  },

  /** A key has no meaning: each repeat is a job of its own. */
  no_idempotency() {
    const id = require('../../services/api/dist/jobs/idempotency.js');
    const { jobId } = id;
    /** @type {typeof jobId} */
    const changed = (tenant, _key, region) => jobId(tenant, undefined, region);
    Object.assign(id, { jobId: changed });
  },

  /** Who lost Redis never looks for it again. */
  no_reconnect() {
    const redis = require('../../packages/shared/dist/runtime/redis.js');
    const { connectRedis } = redis;
    /** @type {typeof connectRedis} */
    const changed = (...args) => {
      const connection = connectRedis(...args);
      connection.options.retryStrategy = () => null;
      return connection;
    };
    Object.assign(redis, { connectRedis: changed });
  },

  /** A connection is kept for as long as it is open, whatever became of its other end. */
  no_replacement() {
    const redis = require('../../packages/shared/dist/runtime/redis.js');
    const { connectRedis } = redis;
    /** @type {typeof connectRedis} */
    const changed = (...args) => {
      const connection = connectRedis(...args);
      Object.assign(connection.options, { socketTimeout: undefined, reconnectOnError: null });
      return connection;
    };
    Object.assign(redis, { connectRedis: changed });
  },

  /** What the model refuses once is refused for good. */
  no_retry() {
    const errors = /** @type {typeof import('../../services/worker/dist/model/openrouter/faults.js') | undefined} */ (
      worker('model/openrouter/faults')
    );
    if (!errors) return;
    const { statusRule, faultError } = errors;
    /** @type {typeof statusRule} */
    const ruleNever = (status) => ({ ...statusRule(status), action: 'never' });
    /** @type {typeof faultError} */
    const errorNever = (...args) => Object.assign(faultError(...args), { action: /** @type {const} */ ('never') });
    Object.assign(errors, { statusRule: ruleNever, faultError: errorNever });
  },

  /** A job gets the result of the one before it. */
  mixed_up() {
    /** @type {Parameters<Store['finish']>[2] | undefined} */
    let before;
    restore(({ finish }) => ({
      finish: (id, run, ending, ...rest) => {
        const mine = ending.status === 'completed' ? ending : undefined;
        const given = mine && before ? before : ending;
        if (mine) before = mine;
        return finish(id, run, given, ...rest);
      },
    }));
  },

  /** An erased job stays. */
  no_erasure() {
    rewrite({
      erase: [["redis.call('DEL', job_key(id), text_key(id), events_key(id))", "redis.call('DEL', text_key(id))"]],
    });
  },

  /** Redirects of a receiver are followed. */
  follows_redirects() {
    const send = /** @type {typeof import('../../services/worker/dist/webhooks/send.js') | undefined} */ (
      worker('webhooks/send')
    );
    if (!send) return;
    const { createSend } = send;
    /** @type {typeof createSend} */
    const changed = (...args) => {
      const make = createSend(...args);
      return async (sending) => {
        const { url, body } = sending;
        const { status, headers } = await fetch(url, { method: 'POST', body, redirect: 'manual' });
        if (status === 307) await fetch(headers.get('location') ?? '', { method: 'POST', body });
        return make(sending);
      };
    };
    Object.assign(send, { createSend: changed });
  },

  /** Each process takes its own clock for Redis'. */
  own_clock() {
    Object.assign(require('../../packages/shared/dist/store/redis-clock.js'), { redisNow: () => Date.now() });
  },

  /** A job whose worker crashed runs among the others. */
  no_quarantine() {
    const work = /** @type {typeof import('../../services/worker/dist/runs/generate-work.js') | undefined} */ (
      worker('runs/generate-work')
    );
    if (!work) return;
    const { createGenerateWork } = work;
    /** @type {typeof createGenerateWork} */
    const changed = (parts) => createGenerateWork({ ...parts, processApart: parts.process });
    Object.assign(work, { createGenerateWork: changed });
  },
};

/** Not a fault of ours but a moment: the API dies between the answer of Redis to its Nth submit and its own. */
const KILL_AFTER = Number(process.env.KILL_AFTER_SUBMITS ?? 0);
if (KILL_AFTER > 0 && process.argv[1]?.includes('/api/')) {
  let submits = 0;
  restore(({ submit }) => ({
    submit: async (admission) => {
      const admitted = await submit(admission);
      submits += 1;
      if (submits >= KILL_AFTER) process.kill(process.pid, 'SIGKILL');
      return admitted;
    },
  }));
}

const name = process.env.SABOTAGE;
// A quarantined process has nothing to take away.
if (name && !process.argv[1]?.includes('isolated-main')) SABOTAGES[name]?.();
