// npm run standin: the OpenRouter stand-in by itself.
await import('../packages/openrouter-standin/dist/cli.js');
