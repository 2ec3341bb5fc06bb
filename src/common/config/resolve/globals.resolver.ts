import { canonicalNetwork } from '../../addresses/index.js';
import type { AddressEntry, GlobalPolicies } from '../../contract/policies/index.js';
import type { AddressEntryInput, GlobalPolicyInputs } from '../schema.js';
import { resolveAccessLogPolicy } from './policies/access-log.resolver.js';
import { resolveBanRule } from './ban-rule.resolver.js';
import { resolveRateLimits } from './rate-limit.resolver.js';

/** Fills in defaults and resolves units. Its input is valid: see `validateDesired`. */
export function resolveGlobals(input: GlobalPolicyInputs): GlobalPolicies {
  return {
    blocklist: (input.blocklist ?? []).map(resolveAddressEntry),
    allowlist: (input.allowlist ?? []).map(resolveAddressEntry),
    blocklistFiles: input.blocklistFiles ?? [],
    rateLimits: resolveRateLimits(input.rateLimits ?? []),
    bans: (input.bans ?? []).map(resolveBanRule),
    accessLog: resolveAccessLogPolicy(input.accessLog),
  };
}

export function resolveAddressEntry(input: AddressEntryInput): AddressEntry {
  const { cidr, note = '', expires, mode } = typeof input === 'string' ? { cidr: input } : { ...input };
  return {
    cidr: canonicalNetwork(cidr),
    note,
    expiresAt: expires === undefined ? 0 : Date.parse(expires),
    shadow: mode === 'shadow',
  };
}
