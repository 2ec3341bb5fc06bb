import { once } from 'node:events';
import path from 'node:path';
import type { Child } from './children.js';
import type { Site } from './site.js';

const ENTRY = path.join(import.meta.dirname, 'idle-clients.entry.ts');
const LOADER = path.resolve(import.meta.dirname, '../../test/support/transpiled-sources.mjs');

/** Opens keep-alive connections that made one request each. Resolves when all have their answer. */
export async function openIdleClients(site: Site, port: number, connections: number): Promise<Child> {
  const child = site.children.start({
    name: 'idle clients',
    command: process.execPath,
    args: ['--import', LOADER, ENTRY, String(port), String(connections)],
    cores: site.pins.load,
  });
  const ended = once(child.process, 'exit').then(() => {
    throw new Error(`idle clients ended. ${child.complaint}`);
  });
  await Promise.race([once(child.process.stdout!, 'data'), ended]);
  ended.catch(() => undefined);
  return child;
}
