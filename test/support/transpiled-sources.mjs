import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/**
 * Loaded with `node --import`: runs TypeScript sources as they are, also those with constructor parameter properties, which
 * Node's own type stripping refuses. For threads of tests and for measurements; the product runs its build.
 */
registerHooks({
  resolve(specifier, context, next) {
    const source = /^\.{1,2}\/.*\.js$/.test(specifier) ? sourceBeside(specifier, context.parentURL) : null;
    return source === null ? next(specifier, context) : { url: source, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      filename: fileURLToPath(url),
      configFile: false,
      swcrc: false,
      sourceMaps: 'inline',
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      module: { type: 'es6' },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

function sourceBeside(specifier, parentUrl) {
  const url = new URL(specifier.replace(/\.js$/, '.ts'), parentUrl);
  return existsSync(url) ? url.href : null;
}
