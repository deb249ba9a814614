// The bare pair's API, as anyone would write it first: Express, a Joi check, queue.add with defaults, poll by job id.
const express = require('express');
const Joi = require('joi');
const { Queue } = require('bullmq');

const url = new URL(process.env.REDIS_URL);
const queue = new Queue('bare', { connection: { host: url.hostname, port: Number(url.port) } });
const schema = Joi.object({ text: Joi.string().min(1).max(10_000).required() });
const app = express();
app.use(express.json());

app.post('/jobs', async (request, response) => {
  const { value, error } = schema.validate(request.body);
  if (error) return response.status(422).json({ error: error.message });
  const job = await queue.add('generate', { text: value.text });
  response.status(202).json({ id: job.id });
});

app.get('/jobs/:id', async (request, response) => {
  const job = await queue.getJob(request.params.id);
  if (!job) return response.status(404).json({ error: 'not found' });
  const state = await job.getState();
  response.json({ id: job.id, state, result: job.returnvalue });
});

app.get('/depth', async (_request, response) => {
  const counts = await queue.getJobCounts('waiting', 'active', 'prioritized');
  response.json({ left: counts.waiting + counts.active + counts.prioritized });
});

const server = app.listen(0, '127.0.0.1', () =>
  process.send({ ready: true, url: `http://127.0.0.1:${server.address().port}` }),
);
process.on('disconnect', () => process.exit(0));
