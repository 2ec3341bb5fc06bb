import { createHash } from 'node:crypto';
import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import { type DesiredState, settingsOf } from './desired-state.js';

/** What tells one written form from another, and how long it is. */
export interface Print {
  /** Hex SHA-256 of the JSON text. */
  readonly digest: string;
  /** Of the JSON text, in UTF-8. */
  readonly bytes: number;
}

/** States share the services that did not change, and neither they nor a service are ever changed in place. */
const printed = new WeakMap<ServiceInput, Print>();
const printedStates = new WeakMap<DesiredState, Print>();

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
export function statePrint(state: DesiredState): Print {
  let print = printedStates.get(state);
  if (print === undefined) {
    print = printOfState(state);
    printedStates.set(state, print);
  }
  return print;
}

function printOfState(state: DesiredState): Print {
  const settings = printOf(settingsOf(state));
  const hash = createHash('sha256').update(settings.digest);
  let bytes = settings.bytes;
  for (const service of state.services) {
    const print = servicePrint(service);
    hash.update(print.digest);
    bytes += print.bytes;
  }
  return { digest: hash.digest('hex'), bytes };
}

function printOf(value: unknown): Print {
  const text = JSON.stringify(value);
  return { digest: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) };
}
