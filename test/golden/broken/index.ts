import { ACCESS_LOGS } from './access-log.table.js';
import { BLOCKLISTS } from './blocklist.table.js';
import { BROKEN_BACKEND_BODIES } from './backend-bodies.table.js';
import type { BrokenBody } from './broken-body.js';
import type { BrokenFile } from './broken-file.js';
import { BROKEN_BANS } from './bans.table.js';
import { CONFLICTS } from './conflicts.table.js';
import { KEYS } from './keys.table.js';
import { LEGACY } from './legacy.table.js';
import { MANY } from './many.table.js';
import { MEANING } from './meaning.table.js';
import { NAMES } from './names.table.js';
import { OUTAGES } from './outages.table.js';
import { PLACEHOLDERS } from './placeholders.table.js';
import { QUEUES } from './queue.table.js';
import { RANGES } from './ranges.table.js';
import { RETRIES } from './retries.table.js';
import { SCALING } from './scaling.table.js';
import { BROKEN_SERVICE_BODIES } from './service-bodies.table.js';
import { SHAPING } from './shaping.table.js';
import { SYNTAX } from './syntax.table.js';
import { TYPES } from './types.table.js';
import { UNITS } from './units.table.js';
import { URLS } from './urls.table.js';

export { type BrokenBody } from './broken-body.js';
export { contentOf, type BrokenFile } from './broken-file.js';

export const BROKEN_FILES: Readonly<Record<string, readonly BrokenFile[]>> = {
  syntax: SYNTAX,
  placeholders: PLACEHOLDERS,
  keys: KEYS,
  types: TYPES,
  units: UNITS,
  ranges: RANGES,
  urls: URLS,
  names: NAMES,
  conflicts: CONFLICTS,
  queues: QUEUES,
  meaning: MEANING,
  retries: RETRIES,
  shaping: SHAPING,
  bans: BROKEN_BANS,
  'block lists': BLOCKLISTS,
  outages: OUTAGES,
  'access logs': ACCESS_LOGS,
  scaling: SCALING,
  'older keys': LEGACY,
  'many at once': MANY,
};

export const BROKEN_BODIES: readonly BrokenBody[] = [...BROKEN_SERVICE_BODIES, ...BROKEN_BACKEND_BODIES];
