import type { BackendRuntime, ServiceRuntime } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import { requestHeaders } from '../forwarding-headers.js';

/** A request as it was sent to a backend, for one of the mirror. */
export interface MirroredRequest {
  readonly service: ServiceRuntime;
  readonly backend: BackendRuntime;
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value ...; complete but for what concerns the connection. */
  readonly headers: readonly string[];
  /** null: it had none. */
  readonly body: Buffer | null;
}

/** Tells the mirror's servers that nobody waits for their answer, and other balancers not to copy it once more. */
export const MIRROR_FIELD = 'X-Velocity-Mirror';

/** What frames the original's body; the copy has its own. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'trailer', 'expect']);

/** The header fields of the copy of an exchange. */
export function mirrorHeaders(exchange: Exchange, body: Buffer | null): readonly string[] {
  const sent = requestHeaders(exchange, false, null);
  const headers: string[] = [];
  for (let index = 0; index < sent.length; index += 2) {
    if (!FRAMING.has(sent[index]!.toLowerCase())) headers.push(sent[index]!, sent[index + 1]!);
  }
  if (body !== null) headers.push('Content-Length', String(body.length));
  headers.push(MIRROR_FIELD, '1');
  return headers;
}
