// npm run standin: the OpenRouter stand-in by itself.
process.argv.splice(2, 1); // the command's own name
await import('../../packages/openrouter-standin/dist/cli.js');
