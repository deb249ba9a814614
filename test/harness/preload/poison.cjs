// Loaded into a worker by a test (`NODE_OPTIONS=--require`), and into the processes it starts: a text that holds one of
// these words does to its process what a fault of ours could do.

const FAULTS = {
  POISON_EXIT: () => process.exit(1),
  POISON_HEAP: () => {
    /** @type {number[][]} */
    const held = [];
    for (;;) held.push(Array.from({ length: 100_000 }, () => held.length));
  },
  POISON_LOOP: () => {
    process.title = 'POISON_LOOP';
    for (;;);
  },
};

const prompt = require('../../../services/worker/dist/decks/prompt/prompt.js');
const { buildMessages } = prompt;
/** @type {typeof buildMessages} */
const poisoned = (parts) => {
  for (const [word, fault] of Object.entries(FAULTS)) if (parts.text.includes(word)) fault();
  return buildMessages(parts);
};
Object.assign(prompt, { buildMessages: poisoned });
