import type { Snapshot } from '../../../common/contract/index.js';
import {
  type AccessLogPolicy,
  FULL_ACCESS_LOG,
  type ServiceAccessLog,
} from '../../../common/contract/policies/access-log.js';
import type { Exchange } from '../exchange.js';
import { RecordPolicy } from './record.policy.js';

/** The access-log policy of each exchange: its service's, or that of all. */
export class RecordPolicies {
  private base: Entry = entryOf(FULL_ACCESS_LOG);
  /** By name, those that say something themselves. */
  private services: ReadonlyMap<string, Entry> = new Map();

  use({ services, globals }: Snapshot): void {
    const common = globals.accessLog;
    this.base = renewed(this.base, common);
    const speaking = services.filter(({ policies }) => speaks(policies.accessLog));
    const before = this.services;
    this.services = new Map(
      speaking.map(({ name, policies }) => [
        name,
        renewed(before.get(name), over(common, policies.accessLog)),
      ]),
    );
  }

  of({ service }: Exchange): RecordPolicy {
    if (service === null || this.services.size === 0) return this.base.policy;
    return (this.services.get(service.snapshot.name) ?? this.base).policy;
  }
}

interface Entry {
  readonly text: string;
  readonly policy: RecordPolicy;
}

function entryOf(settings: AccessLogPolicy): Entry {
  return { text: JSON.stringify(settings), policy: new RecordPolicy(settings) };
}

/** A policy that did not change goes on where it was in its sample. */
function renewed(before: Entry | undefined, settings: AccessLogPolicy): Entry {
  return before?.text === JSON.stringify(settings) ? before : entryOf(settings);
}

function speaks(own: ServiceAccessLog): boolean {
  return Object.values(own).some((value) => value !== null);
}

function over(common: AccessLogPolicy, own: ServiceAccessLog): AccessLogPolicy {
  const said = Object.entries(own).filter(([, value]) => value !== null);
  return { ...common, ...(Object.fromEntries(said) as Partial<AccessLogPolicy>) };
}
