/**
 * Loads `node:http` without what hangs on it. An import of a built-in module reads each of its exports, and three exports
 * of this one load undici and the web streams, which nothing here uses: 7 MiB in each thread that imports it.
 * So they are hidden while the import reads them, and are there again afterwards for whoever asks `http` itself.
 *
 * Works only when it is evaluated before anything that imports `node:http` is linked: who imports it loads the rest
 * dynamically. Where Node defines these exports otherwise, nothing is changed.
 */
const HEAVY_EXPORTS = ['WebSocket', 'CloseEvent', 'MessageEvent'];

const http = process.getBuiltinModule('node:http');
const hidden = HEAVY_EXPORTS.flatMap((name) => {
  const property = Object.getOwnPropertyDescriptor(http, name);
  return property?.get !== undefined && property.configurable ? [{ name, property }] : [];
});

for (const { name, property } of hidden)
  Object.defineProperty(http, name, { ...property, get: () => undefined });
await import('node:http');
for (const { name, property } of hidden) Object.defineProperty(http, name, property);
