import { caddy } from './caddy.contender.js';
import type { Contender } from './contender.js';
import { haproxy } from './haproxy.contender.js';
import { httpProxyMiddleware } from './http-proxy-middleware.contender.js';
import { nginx } from './nginx.contender.js';
import { Velocity } from './velocity.contender.js';

export const VELOCITY = 'velocity';
export const VELOCITY_HTTP = 'velocity-http';
/** What a worker can do when the store's work is done elsewhere, as on a machine with more cores. */
export const VELOCITY_APART = 'velocity-apart';
/** Only to tell what the control plane's thread does apart from storing records. */
export const VELOCITY_WITHOUT_LOG = 'velocity-without-log';
export const HAPROXY = haproxy.name;

/** In the order of the tables. */
export const CONTENDERS: readonly Contender[] = [
  new Velocity(VELOCITY, 'Velocity', { lane: 'auto' }),
  haproxy,
  nginx,
  caddy,
  httpProxyMiddleware,
  new Velocity(VELOCITY_HTTP, 'Velocity, HTTP lane', { lane: 'http' }),
  new Velocity(VELOCITY_APART, 'Velocity, control plane on another core', {
    lane: 'auto',
    isControlPlaneApart: true,
  }),
  new Velocity(VELOCITY_WITHOUT_LOG, 'Velocity, no access log', { lane: 'auto', accessLog: false }),
];
