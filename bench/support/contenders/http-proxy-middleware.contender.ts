import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../test/support/free-ports.js';
import type { Site } from '../site.js';
import { untilServed } from '../until-served.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ENTRY = path.join(import.meta.dirname, 'http-proxy-middleware.entry.mjs');

/** http-proxy-middleware on node:http with a keep-alive agent, and nothing else: no log, no limits, no probes. */
export const httpProxyMiddleware: Contender = {
  name: 'http-proxy-middleware',
  title: 'http-proxy-middleware alone',

  version(): string {
    const file = path.join(ROOT, 'node_modules/http-proxy-middleware/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return version;
  },

  async start(site: Site, setup: Setup): Promise<RunningProxy> {
    const port = await freePort();
    const child = site.children.start({
      name: 'http-proxy-middleware',
      command: process.execPath,
      args: [ENTRY, String(port), ...backendsOf(setup.origin)],
      cores: site.pins.proxy,
    });
    await untilServed(port, child);
    return { port, child, records: async () => null };
  },
};
