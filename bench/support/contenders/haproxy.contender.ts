import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../free-ports.js';
import { needProgram, type Site } from '../site.js';
import { untilServed } from '../until-served.js';
import { countLines } from './access-log-file.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';
import { versionOf } from './program-version.js';

/** HAProxy, one thread, with the features that Velocity has on. */
export const haproxy: Contender = {
  name: 'haproxy',
  title: 'HAProxy',
  version: () => versionOf('haproxy', ['-v'], /version (\S+)/),

  async start(site: Site, setup: Setup): Promise<RunningProxy> {
    const folder = path.join(site.folder, 'haproxy');
    mkdirSync(folder, { recursive: true });
    const [port = 0] = await freePorts(1);
    const file = path.join(folder, 'haproxy.cfg');
    const log = path.join(folder, 'access.log');
    writeFileSync(file, configuration(port, setup));
    const child = site.children.start({
      name: 'HAProxy',
      command: needProgram('haproxy'),
      args: ['-db', '-f', file],
      cores: site.pins.proxy,
      outputFile: log,
    });
    await untilServed(port, child);
    return { port, child, records: () => countLines(log) };
  },
};

/**
 * It has no log file of its own: standard output is one. The limit by address is counted and never reached. By default
 * it closes idle upstream connections beyond a quarter of its descriptors: seen to cost four times the CPU.
 */
function configuration(port: number, setup: Setup): string {
  return `
global
  nbthread 1
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option forwardfor
  http-reuse always
  timeout connect 3s
  timeout client 75s
  timeout server 30s
  timeout http-request 15s
  timeout http-keep-alive 75s
frontend traffic
  bind 127.0.0.1:${port} backlog 16384
  stick-table type ip size 100k expire 1m store http_req_rate(10s)
  http-request track-sc0 src
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000000 }
  default_backend origin
backend origin
  balance roundrobin
${backendsOf(setup.origin)
  .map((address, index) => `  server s${index} ${address} check inter 5s`)
  .join('\n')}
`;
}
