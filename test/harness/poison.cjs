// Loaded into a worker by a test (`NODE_OPTIONS=--require`), and into the processes it starts: a text that holds one of
// these words does to its process what a fault of ours could do.
const { join } = require('node:path');

const FAULTS = {
  POISON_EXIT: () => process.exit(1),
  POISON_HEAP: () => {
    const held = [];
    for (;;) held.push(new Array(100_000).fill(held.length));
  },
  POISON_LOOP: () => {
    for (;;);
  },
};

const prompt = require(join(__dirname, '../../services/worker/dist/decks/prompt/prompt.js'));
const { buildMessages } = prompt;
prompt.buildMessages = (parts) => {
  for (const [word, fault] of Object.entries(FAULTS)) if (parts.text.includes(word)) fault();
  return buildMessages(parts);
};
