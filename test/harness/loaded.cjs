// Loaded into a process of ours: as it ends it tells which of OpenTelemetry's packages it had loaded.
process.on('exit', () => {
  const packages = Object.keys(require.cache).flatMap(
    (file) => /@opentelemetry\/[\w-]+/.exec(file.replaceAll('+', '/')) ?? [],
  );
  require('node:fs').writeSync(1, `${JSON.stringify({ event: 'test.loaded', packages: [...new Set(packages)] })}\n`);
});
