import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../units/duration.js';
import { duration } from './scalar.schema.js';

const timeout = (min: number) => duration({ min, max: LONGEST_TIMEOUT_MS });

/** A timeout that may be off. */
export const timeoutOrOff = (min: number) => duration({ min, max: LONGEST_TIMEOUT_MS, off: true });

/** How long to wait for what. */
export const timeoutsSchema = z
  .strictObject({
    connect: timeout(10).optional().meta({
      default: BUILT_IN.timeouts.connect,
      description:
        'Opening a connection to a backend, TLS included. Beyond it: `connect_timeout`, or another backend is tried.',
    }),
    body: timeout(100).optional().meta({
      default: BUILT_IN.timeouts.body,
      description:
        'Between two pieces of a body on the client’s side: a request body that it sends (`body_timeout`), a response that it takes (`client_stalled`).',
    }),
    response: timeout(10).optional().meta({
      default: BUILT_IN.timeouts.response,
      description: 'From the end of the request to the response head. Beyond it: `response_timeout`.',
    }),
    responseIdle: timeout(10).optional().meta({
      default: BUILT_IN.timeouts.responseIdle,
      description:
        'Between two pieces of a response body that a backend sends. Beyond it: `response_stalled`.',
    }),
    request: timeoutOrOff(10).optional().meta({
      default: BUILT_IN.timeouts.request,
      description:
        'The whole exchange, waiting and retries included; an upgraded connection has no such limit. Beyond it: `request_timeout`.',
    }),
    tunnelIdle: timeout(1_000).optional().meta({
      default: BUILT_IN.timeouts.tunnelIdle,
      description:
        'Silence in both directions of an upgraded connection (WebSocket). Beyond it: `tunnel_idle`.',
    }),
    upstreamIdle: timeout(100).optional().meta({
      default: BUILT_IN.timeouts.upstreamIdle,
      description:
        'Idle upstream connections are closed after this. Keep it below the backends’ own keep-alive time (Node: 5s), or requests fail on connections that they just closed.',
    }),
  })
  .meta({ title: 'Timeouts' });

/** Those that may differ from path to path: idle connections to backends serve all of them. */
export const pathTimeoutsSchema = timeoutsSchema.omit({ upstreamIdle: true }).meta({ title: 'Timeouts' });

export type TimeoutsInput = z.output<typeof timeoutsSchema>;
