import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Child } from './children.js';
import { freePort } from '../../test/support/free-ports.js';
import { needProgram, type Site } from './site.js';
import { untilServed } from './until-served.js';

/** The small body that every request of the comparison gets. */
export const SMALL_BODY =
  'The quick brown fox jumps over the lazy dog, and the balancer passes it on unseen: 100 bytes.......\n';

/** What stands behind every proxy: nginx with one worker and nothing to do. */
export interface Origin {
  readonly port: number;
  readonly child: Child;
}

/** Bodies: `/` small, `/size/BYTES` of the sizes given, `/echo` what arrived. Listens on all of 127.0.0.0/8. */
export async function startOrigin(site: Site, sizes: readonly number[] = []): Promise<Origin> {
  const nginx = needProgram('nginx');
  const port = await freePort();
  const folder = path.join(site.folder, 'origin');
  mkdirSync(path.join(folder, 'size'), { recursive: true });
  for (const size of sizes) writeFileSync(path.join(folder, 'size', String(size)), Buffer.alloc(size, 'x'));
  writeFileSync(path.join(folder, 'nginx.conf'), configuration(folder, port));
  const child = site.children.start({
    name: 'origin (nginx)',
    command: nginx,
    args: ['-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'error.log')],
    cores: site.pins.load,
  });
  await untilServed(port, child);
  return { port, child };
}

function configuration(folder: string, port: number): string {
  return `
    daemon off; worker_processes 1; pid ${folder}/pid; worker_rlimit_nofile 20000;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    error_log ${folder}/error.log error;
    events { worker_connections 19900; }
    http {
      access_log off; default_type text/plain; sendfile on; tcp_nopush on; open_file_cache max=100;
      keepalive_requests 1000000000; keepalive_timeout 1h;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      server {
        listen 0.0.0.0:${port} backlog=16384;
        location = / { return 200 '${SMALL_BODY}'; }
        location = /echo { return 200 '$http_x_forwarded_for|$connection|$connection_requests'; }
        location /size/ { root ${folder}; }
      }
    }`;
}
