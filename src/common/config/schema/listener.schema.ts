import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../units/duration.js';
import { listenHostProblem } from '../units/host-name.js';
import { duration, size, text, wholeNumber, wholeNumberOrOff } from './scalar.schema.js';

const KIB = 1_024;
const MOST_CONNECTIONS = 1_000_000;
const timeout = duration({ min: 100, max: LONGEST_TIMEOUT_MS });
const byteSize = size({ min: KIB, max: 1_024 * KIB });

/** An address to listen on: IP address or host name. */
export const listenHostSchema = text(listenHostProblem).meta({ label: 'address' });

/** An address and port that traffic arrives at. */
export const listenerSchema = z
  .strictObject({
    host: listenHostSchema.optional().meta({
      default: BUILT_IN.listener.host,
      description: 'Address to accept on. `0.0.0.0`: all IPv4 addresses of the machine; `::`: IPv6 too.',
    }),
    port: wholeNumber(0, 65_535).optional().meta({
      default: BUILT_IN.listener.port,
      description: 'Port to accept on. 0: any free one.',
    }),
    lane: z.enum(['auto', 'wire', 'http']).optional().meta({
      default: BUILT_IN.listener.lane,
      description:
        'Which lanes may serve. `auto`: the wire lane, and the HTTP lane for upgrades (WebSocket). `wire`: the wire lane alone, an upgrade is passed on as a plain request. `http`: the HTTP lane alone. With `workers: inline` the HTTP lane serves; `wire` is refused there.',
    }),
    timeouts: z
      .strictObject({
        head: timeout.optional().meta({
          default: BUILT_IN.listener.timeouts.head,
          description: 'From the first byte of a request to the end of its head. Beyond it: 408.',
        }),
        idle: timeout.optional().meta({
          default: BUILT_IN.listener.timeouts.idle,
          description: 'Idle time after which a client’s keep-alive connection is closed.',
        }),
      })
      .optional()
      .meta({ description: 'How long clients may take.' }),
    limits: z
      .strictObject({
        head: byteSize.optional().meta({
          default: BUILT_IN.listener.limits.head,
          description: 'Largest request head. Beyond it: 431.',
        }),
        headers: wholeNumber(1, 10_000).optional().meta({
          default: BUILT_IN.listener.limits.headers,
          description: 'Most headers of a request. Beyond it: 431.',
        }),
        uri: byteSize.optional().meta({
          default: BUILT_IN.listener.limits.uri,
          description: 'Longest request target. Beyond it: 414. Must not be above `head`.',
        }),
        connections: wholeNumber(1, MOST_CONNECTIONS).optional().meta({
          default: BUILT_IN.listener.limits.connections,
          description:
            'Client connections that are served at a time, over all workers; each worker serves an equal share. More wait unserved until others leave, up to 511 a worker; what comes beyond is closed.',
        }),
        connectionsPerAddress: wholeNumberOrOff(1, MOST_CONNECTIONS).optional().meta({
          default: BUILT_IN.listener.limits.connectionsPerAddress,
          description:
            'Connections of one client address, over all workers. One more is closed at once. Mind that clients behind one NAT or proxy share an address.',
        }),
      })
      .optional()
      .meta({ description: 'How large requests may be, and how many connections.' }),
  })
  .meta({ title: 'Listener', description: 'An address and port that traffic arrives at.' });

export type ListenerInput = z.output<typeof listenerSchema>;
