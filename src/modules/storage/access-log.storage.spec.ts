import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Tells the packages that are loaded with the thread's part of logging and its store on SQLite. */
const SCRIPT = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    },
  });
  await import('./src/modules/logging/log-store.ts');
  const { accessLogStorage } = await import('./src/modules/storage/index.ts');
  const forever = { accessLogMs: 0, healthLogMs: 0, auditLogMs: 0, scalingLogMs: 0, revisions: 0 };
  const { store } = await accessLogStorage({ driver: 'sqlite', path: ':memory:' }, forever, () => {});
  console.log(JSON.stringify({ takes: store.maxInFlight, loaded: [...loaded] }));
`;

it('loads no package into the thread of the access log on SQLite: no zod, pino or Nest', () => {
  const args = ['--import', './test/support/transpiled-sources.mjs', '--input-type=module', '--eval', SCRIPT];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ takes: 1, loaded: [] });
});
