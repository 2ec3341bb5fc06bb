import type { ExchangeHead } from '../proxy/index.js';

/** A request that nobody has made. */
export interface AskedRequest {
  readonly method: string;
  /** As a client would write it, with or without a port; may be empty. */
  readonly host: string;
  /** Path with or without a query. */
  readonly path: string;
  /** Address that the connection would come from. */
  readonly ip: string;
  /** Name and value each, as a client would write them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Its head, as a lane would have read it. */
export function headOf({ method, host, path, ip, headers }: AskedRequest): ExchangeHead {
  const values = new Map<string, string>();
  for (const [name, value] of [['host', host] as const, ...headers]) {
    const key = name.toLowerCase();
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    method,
    target: path,
    protocol: 'HTTP/1.1',
    rawHeaders: ['Host', host, ...headers.flat()],
    hostCount: 1,
    peer: ip,
    localPort: 0,
    isSecure: false,
    header: (name) => values.get(name),
  };
}
