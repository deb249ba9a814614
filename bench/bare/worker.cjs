// The bare pair's worker: BullMQ with defaults, one axios call, parse, return.
const axios = require('axios');
const { Worker } = require('bullmq');

const url = new URL(process.env.REDIS_URL ?? '');
const worker = new Worker(
  'bare',
  async (/** @type {import('bullmq').Job<{ text: string }>} */ job) => {
    /** @type {import('axios').AxiosResponse<{ choices: [{ message: { content: string } }] }>} */
    const { data } = await axios.post(
      `${process.env.OPENROUTER_BASE_URL}/chat/completions`,
      {
        model: process.env.MODEL,
        messages: [
          { role: 'system', content: 'Make flashcards of the text. Answer with JSON: {"cards":[{"front","back"}]}.' },
          { role: 'user', content: job.data.text },
        ],
        max_tokens: 2_000,
      },
      { headers: { Authorization: `Bearer ${process.env.OPENROUTER_API_KEY}` } },
    );
    return /** @type {unknown} */ (JSON.parse(data.choices[0].message.content));
  },
  { connection: { host: url.hostname, port: Number(url.port) }, concurrency: 100 },
);
void worker.waitUntilReady().then(() => process.send?.({ ready: true }));
process.on('disconnect', () => process.exit(0));
