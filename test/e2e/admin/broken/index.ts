import { BROKEN_BACKENDS } from './backends.js';
import type { BrokenBody } from './broken-body.js';
import { BROKEN_BYTES, OVERSIZED, PROTOTYPE_KEYS, WRONG_PLACES } from './messages.js';
import { BROKEN_SERVICES, BROKEN_SETTINGS } from './services.js';

/** Requests that must be refused as a whole, each with what it must be told. */
export const BROKEN_BODIES: readonly BrokenBody[] = [
  ...BROKEN_SERVICES,
  ...BROKEN_SETTINGS,
  ...BROKEN_BACKENDS,
  ...OVERSIZED,
  ...PROTOTYPE_KEYS,
  ...BROKEN_BYTES,
  ...WRONG_PLACES,
];
