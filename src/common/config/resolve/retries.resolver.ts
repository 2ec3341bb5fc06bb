import type { RetrySettings } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { RetriesInput } from '../schema/retries.schema.js';

/** Key by key: the service's own, else the defaults', else the built-in. */
export function resolveRetries(own: RetriesInput = {}, inherited: RetriesInput = {}): RetrySettings {
  const { attempts } = { ...BUILT_IN.retries, ...inherited, ...own };
  return { attempts };
}
