import type { ConfigIssue } from '../issues/config-issue.js';
import { nearestKey } from '../issues/nearest-key.js';
import { quoted } from '../units/quoted.js';
import { looseObject } from './loose.js';

/** Keys of a service, or of `defaults`, whose `service` names another one. */
const REFERRING_KEYS = ['mirror', 'fallback'] as const;

/** What services say of others that do not exist. Looks at the whole list, and costs little where nobody refers to any. */
export function referenceRules(services: readonly unknown[], defaults: unknown): ConfigIssue[] {
  let names: ReadonlySet<unknown> | null = null;
  return services.flatMap((service, index) =>
    REFERRING_KEYS.flatMap((key) => {
      const own = looseObject(service)[key];
      const name = looseObject(own ?? looseObject(defaults)[key])['service'];
      if (typeof name !== 'string') return [];
      names ??= new Set(services.map((each) => looseObject(each)['name']));
      if (names.has(name)) return [];
      const message = `${quoted(name)} is no service: ${adviceFor(name, names)}`;
      if (own !== undefined) return [{ path: ['services', index, key, 'service'], message }];
      return [{ path: ['services', index], message: `inherits ${key} from defaults: ${message}` }];
    }),
  );
}

function adviceFor(name: string, names: ReadonlySet<unknown>): string {
  const known = [...names].filter((each) => typeof each === 'string');
  const nearest = nearestKey(name, known);
  return nearest === null ? 'add it, or remove the key' : `did you mean ${quoted(nearest)}?`;
}
