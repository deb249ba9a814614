// npm run test:attacks: every attack that once worked, and what a neighbour notices of each while it is done for a minute.
// SECONDS=5 is a trial that judges no times, ATTACKS='streams' takes those whose name says so.
// One suite at a time: the second judges times.
process.argv.splice(3, 0, '--runInBand');
await import('./test.mjs');
