import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Loading it takes 0.3 s and 12 MiB, which a balancer whose documentation nobody looks at need not spend. */
it('Swagger is not loaded before somebody looks at the documentation', async () => {
  const { stdout } = await run(process.execPath, [
    '--import',
    './test/support/transpiled-sources.mjs',
    './test/e2e/admin/loaded-by-admin.mjs',
  ]);
  const packages: string[] = JSON.parse(stdout);
  expect(packages).toContain('@nestjs/core');
  expect(packages).not.toContain('@nestjs/swagger');
  expect(packages).not.toContain('swagger-ui-dist');
  expect(packages).not.toContain('mongoose');
});
