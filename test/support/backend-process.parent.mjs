import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A parent that can be killed: starts a test server and passes on what it prints. */
spawn(
  process.execPath,
  [
    '--import',
    new URL('./typescript-sources.mjs', import.meta.url).href,
    fileURLToPath(new URL('./backend-process.entry.mjs', import.meta.url)),
  ],
  { stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, PORT: '0' } },
);
