import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../test/support/free-ports.js';
import { needProgram, type Site } from '../site.js';
import { untilServed } from '../until-served.js';
import { countLines } from './access-log-file.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';
import { versionOf } from './program-version.js';

/** Caddy on one core of Go's scheduler. It has no rate limits without a plugin. */
export const caddy: Contender = {
  name: 'caddy',
  title: 'Caddy',
  version: () => versionOf('caddy', ['version'], /^v?(\S+)/),

  async start(site: Site, setup: Setup): Promise<RunningProxy> {
    const folder = path.join(site.folder, 'caddy');
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const file = path.join(folder, 'Caddyfile');
    const log = path.join(folder, 'access.log');
    writeFileSync(file, configuration(port, log, setup));
    const child = site.children.start({
      name: 'Caddy',
      command: needProgram('caddy'),
      args: ['run', '--adapter', 'caddyfile', '--config', file],
      cores: site.pins.proxy,
      env: { GOMAXPROCS: '1', XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    await untilServed(port, child);
    return { port, child, records: () => countLines(log) };
  },
};

function configuration(port: number, log: string, setup: Setup): string {
  return `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  log {
    output file ${log} {
      roll_disabled
    }
  }
  reverse_proxy ${backendsOf(setup.origin).join(' ')} {
    lb_policy round_robin
    health_uri /
    health_interval 5s
    transport http {
      keepalive_idle_conns_per_host ${setup.connections + 100}
    }
  }
}
`;
}
