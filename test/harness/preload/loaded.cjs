// Loaded into a process of ours: as it ends it logs which of OpenTelemetry's packages it had loaded.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  const packages = Object.keys(require.cache).flatMap(
    (file) => /@opentelemetry\/[\w-]+/.exec(file.replaceAll('+', '/')) ?? [],
  );
  writeSync(1, `${JSON.stringify({ event: 'test.loaded', packages: [...new Set(packages)] })}\n`);
});
