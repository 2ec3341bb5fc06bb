import { createHash } from 'node:crypto';
import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import type { DesiredState } from './desired-state.js';

/** What tells one written form from another, and how long it is. */
export interface Print {
  /** Hex SHA-256 of the JSON text. */
  readonly digest: string;
  /** Characters of the JSON text. */
  readonly length: number;
}

/** States share the services that did not change, and no service is ever changed in place. */
const printed = new WeakMap<ServiceInput, Print>();

export function servicePrint(service: ServiceInput): Print {
  let print = printed.get(service);
  if (print === undefined) {
    print = printOf(service);
    printed.set(service, print);
  }
  return print;
}

export function backendPrint(backend: BackendInput): Print {
  return printOf(backend);
}

/**
 * Of the settings and of the prints of the services in their order, so that it costs what changed since the last one;
 * two states have the same digest exactly when their JSON is the same text.
 */
export function statePrint({ trustedProxies, defaults, services }: DesiredState): Print {
  const settings = printOf({ trustedProxies, defaults });
  const hash = createHash('sha256').update(settings.digest);
  let length = settings.length;
  for (const service of services) {
    const print = servicePrint(service);
    hash.update(print.digest);
    length += print.length;
  }
  return { digest: hash.digest('hex'), length };
}

function printOf(value: unknown): Print {
  const text = JSON.stringify(value);
  return { digest: createHash('sha256').update(text).digest('hex'), length: text.length };
}
