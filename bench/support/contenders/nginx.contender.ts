import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../test/support/free-ports.js';
import { needProgram, type Site } from '../site.js';
import { untilServed } from '../until-served.js';
import { countLines } from './access-log-file.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';
import { versionOf } from './program-version.js';

/** nginx, one worker, with the features that Velocity has on; its open-source edition checks health passively only. */
export const nginx: Contender = {
  name: 'nginx',
  title: 'nginx',
  version: () => versionOf('nginx', ['-v'], /nginx\/(\S+)/),

  async start(site: Site, setup: Setup): Promise<RunningProxy> {
    const folder = path.join(site.folder, 'nginx');
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, port, setup));
    const child = site.children.start({
      name: 'nginx',
      command: needProgram('nginx'),
      args: ['-p', folder, '-c', file, '-e', path.join(folder, 'error.log')],
      cores: site.pins.proxy,
    });
    await untilServed(port, child);
    return { port, child, records: () => countLines(path.join(folder, 'access.log')) };
  },
};

/** The log is written in batches, as Velocity's is. The limit by address is counted and never reached. */
function configuration(folder: string, port: number, setup: Setup): string {
  return `
    daemon off; worker_processes 1; pid ${folder}/pid; worker_rlimit_nofile 20000;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    error_log ${folder}/error.log error;
    events { worker_connections ${Math.min(19_900, 2 * setup.connections + 200)}; }
    http {
      access_log ${folder}/access.log combined buffer=64k flush=1s;
      limit_req_zone $binary_remote_addr zone=clients:10m rate=1000000r/s;
      keepalive_requests 1000000000; keepalive_timeout 75s;
      client_max_body_size 0; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      upstream origin {
        ${backendsOf(setup.origin)
          .map((address) => `server ${address} max_fails=3 fail_timeout=5s;`)
          .join(' ')}
        keepalive ${setup.connections + 100}; keepalive_requests 1000000000;
      }
      server {
        listen 127.0.0.1:${port} backlog=16384;
        location / {
          limit_req zone=clients burst=1000000 nodelay;
          proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection '';
          proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
      }
    }`;
}
