// The bare pair's API, as anyone would write it first: Express, a Joi check, queue.add with defaults, poll by job id.
const express = require('express');
const Joi = require('joi');
const { Queue } = require('bullmq');

const url = new URL(process.env.REDIS_URL ?? '');
const queue = new Queue('bare', { connection: { host: url.hostname, port: Number(url.port) } });
/** @type {import('joi').ObjectSchema<{ text: string }>} */
const schema = Joi.object({ text: Joi.string().min(1).max(10_000).required() });
const app = express();
app.use(express.json());

app.post('/jobs', async (request, response) => {
  const checked = schema.validate(request.body);
  if (checked.error) return void response.status(422).json({ error: checked.error.message });
  const job = await queue.add('generate', { text: checked.value.text });
  response.status(202).json({ id: job.id });
});

app.get('/jobs/:id', async (request, response) => {
  const job = await queue.getJob(request.params.id);
  if (!job) return void response.status(404).json({ error: 'not found' });
  const state = await job.getState();
  response.json({ id: job.id, state, result: /** @type {unknown} */ (job.returnvalue) });
});

app.get('/depth', async (_request, response) => {
  const counts = await queue.getJobCounts('waiting', 'active', 'prioritized');
  response.json({ left: Object.values(counts).reduce((sum, count) => sum + count, 0) });
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.send?.({ ready: true, url: `http://127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit(0));
