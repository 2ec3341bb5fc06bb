import type { BackendInput } from '../../../common/config/index.js';
import type { FoundSettings } from './plan.js';

const KEYS = ['weight', 'backup', 'maxInFlight', 'group'] as const satisfies readonly (keyof FoundSettings)[];

/** What a source says beside the URL. */
export function settingsOf(backend: FoundSettings): FoundSettings {
  return picked(
    backend,
    KEYS.filter((key) => backend[key] !== undefined),
  );
}

/**
 * What a source says otherwise than when it was last applied, and what the backend does not have yet. A key that it no
 * longer mentions is undefined: the default holds again.
 */
export function settingsDifference(
  before: FoundSettings,
  now: FoundSettings,
  present: BackendInput,
): FoundSettings {
  return picked(
    now,
    KEYS.filter((key) => before[key] !== now[key] && now[key] !== present[key]),
  );
}

/** What a source says in so many words and the backend does not have. */
export function explicitDifference(now: FoundSettings, present: BackendInput): FoundSettings {
  return picked(
    now,
    KEYS.filter((key) => now[key] !== undefined && now[key] !== present[key]),
  );
}

function picked(settings: FoundSettings, keys: readonly (keyof FoundSettings)[]): FoundSettings {
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}
