import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../test/support/free-ports.js';
import { needProgram, type Site } from '../site.js';
import { untilServed } from '../until-served.js';
import { countLines } from './access-log-file.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';
import { versionOf } from './program-version.js';

/**
 * HAProxy, one thread, with the features that Velocity has on. It has no log file of its own: it writes to standard output,
 * here a file, or sends to a syslog daemon that keeps the file, as its manual wants it outside of containers.
 */
export class Haproxy implements Contender {
  constructor(
    readonly name: string,
    readonly title: string,
    private readonly logsTo: 'stdout' | 'syslog',
  ) {}

  version(): string | null {
    return versionOf('haproxy', ['-v'], /version (\S+)/);
  }

  async start(site: Site, setup: Setup): Promise<RunningProxy> {
    const folder = path.join(site.folder, this.name);
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const file = path.join(folder, 'haproxy.cfg');
    const log = path.join(folder, 'access.log');
    const isSyslog = this.logsTo === 'syslog';
    const target = isSyslog ? await startSyslog(site, log) : 'stdout format raw';
    writeFileSync(file, configuration(port, setup, target));
    const child = site.children.start({
      name: this.title,
      command: needProgram('haproxy'),
      args: ['-db', '-f', file],
      cores: site.pins.proxy,
      outputFile: isSyslog ? path.join(folder, 'output.log') : log,
    });
    await untilServed(port, child);
    return { port, child, records: () => countLines(log) };
  }
}

/** A daemon on the cores of the load; returns what HAProxy is to be told of it. */
async function startSyslog(site: Site, log: string): Promise<string> {
  const daemon = site.children.start({
    name: 'syslog',
    command: process.execPath,
    args: [path.join(import.meta.dirname, '..', 'syslog-file.entry.mjs'), log],
    cores: site.pins.load,
  });
  const [port] = (await once(daemon.process.stdout!, 'data')) as [Buffer];
  return `127.0.0.1:${port.toString().trim()}`;
}

/**
 * The limit by address is counted and never reached. By default HAProxy
 * closes idle upstream connections beyond a quarter of its descriptors: seen to cost four times the CPU.
 */
function configuration(port: number, setup: Setup, log: string): string {
  return `
global
  nbthread 1
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95
  log ${log} local0
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
