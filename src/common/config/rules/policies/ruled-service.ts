import type { ConfigPath } from '../../issues/config-issue.js';

/** A service as its rules see it: unchecked, so every key may be missing or of another type. */
export interface RuledService {
  readonly keys: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Where the service stands in the document. */
  readonly base: ConfigPath;
}
