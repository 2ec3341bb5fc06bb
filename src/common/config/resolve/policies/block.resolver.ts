import { type BlockPolicy, NO_BLOCKING } from '../../../contract/policies/index.js';
import type { ServiceInput } from '../../schema.js';
import { resolveAddressEntry } from '../globals.resolver.js';

export function resolveBlock({ blocklist = [], allowlist = [] }: ServiceInput): BlockPolicy {
  if (blocklist.length === 0 && allowlist.length === 0) return NO_BLOCKING;
  return { blocklist: blocklist.map(resolveAddressEntry), allowlist: allowlist.map(resolveAddressEntry) };
}
