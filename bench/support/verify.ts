import http from 'node:http';
import type { RunningProxy } from './contenders/contender.js';
import { SMALL_BODY } from './origin.js';
import { get } from './until-served.js';

const REQUESTS = 12;
/** Backends of the proxy, hence upstream connections that requests in a row may need. */
const MOST_UPSTREAM = 2;
const LOG_DEADLINE_MS = 5_000;

/** Throws unless the proxy does what the comparison says of it: body, forwarding header, upstream keep-alive, log. */
export async function verify(proxy: RunningProxy): Promise<void> {
  const { name } = proxy.child;
  const before = await proxy.records();
  const { status, body } = await get(proxy.port, '/');
  if (status !== 200 || body !== SMALL_BODY)
    throw new Error(`${name} answers ${status} with ${body.length} bytes`);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const upstream = new Set<string>();
  for (let index = 0; index < REQUESTS; index++) {
    const echo = await get(proxy.port, '/echo', { agent });
    const [forwardedFor = '', connection = ''] = echo.body.split('|');
    if (!forwardedFor.includes('127.0.0.1'))
      throw new Error(`${name} sends no X-Forwarded-For: ${echo.body}`);
    upstream.add(connection);
  }
  agent.destroy();
  if (upstream.size > MOST_UPSTREAM) {
    throw new Error(`${name} used ${upstream.size} upstream connections for ${REQUESTS} requests in a row`);
  }
  if (before !== null) await untilLogged(proxy, before + 1 + REQUESTS);
}

async function untilLogged(proxy: RunningProxy, expected: number): Promise<void> {
  const deadline = performance.now() + LOG_DEADLINE_MS;
  let records = 0;
  while (performance.now() < deadline) {
    records = (await proxy.records()) ?? 0;
    if (records >= expected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${proxy.child.name} logged ${records} requests of ${expected}`);
}
