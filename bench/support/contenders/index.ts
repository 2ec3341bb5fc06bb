import { caddy } from './caddy.contender.js';
import type { Contender } from './contender.js';
import { Haproxy } from './haproxy.contender.js';
import { httpProxyMiddleware } from './http-proxy-middleware.contender.js';
import { nginx } from './nginx.contender.js';
import { Velocity } from './velocity.contender.js';

export const VELOCITY = 'velocity';
export const VELOCITY_HTTP = 'velocity-http';
/** All but the writing of records: they are made, encoded and handed over, and the store is held by somebody else. */
export const VELOCITY_HELD = 'velocity-held';
export const HAPROXY = 'haproxy';
export const HAPROXY_SYSLOG = 'haproxy-syslog';

/** In the order of the tables. */
export const CONTENDERS: readonly Contender[] = [
  new Velocity(VELOCITY, 'Velocity', { lane: 'auto' }),
  new Haproxy(HAPROXY, 'HAProxy, log to standard output', 'stdout'),
  new Haproxy(HAPROXY_SYSLOG, 'HAProxy, log to syslog', 'syslog'),
  nginx,
  caddy,
  httpProxyMiddleware,
  new Velocity(VELOCITY_HTTP, 'Velocity, HTTP lane', { lane: 'http' }),
  new Velocity(VELOCITY_HELD, 'Velocity, records not written', { lane: 'auto', isStoreHeld: true }),
];
