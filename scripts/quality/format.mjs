// npm run format: prettier over everything.
import { spawnSync } from 'node:child_process';

process.exitCode =
  spawnSync('node_modules/.bin/prettier', ['--write', '--log-level', 'warn', '.'], { stdio: 'inherit' }).status ?? 1;
