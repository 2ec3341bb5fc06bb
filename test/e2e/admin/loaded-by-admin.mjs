import { registerHooks } from 'node:module';

/* Imports the admin module as a balancer does, and tells which packages that loaded. Run with transpiled-sources.mjs. */
const packages = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(resolved.url)?.[1];
    if (name) packages.add(name);
    return resolved;
  },
});
await import('reflect-metadata');
await import('../../../src/modules/admin/index.js');
await import('../../../src/modules/admin/admin.module.js');
process.stdout.write(JSON.stringify([...packages]));
