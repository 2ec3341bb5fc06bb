import type { AddressEntry, BanRuleSettings, GlobalPolicies } from '../../contract/policies/index.js';
import type { AddressEntryInput, BanRuleInput, GlobalPolicyInputs } from '../schema.js';
import { resolveRateLimits } from './rate-limit.resolver.js';

/** Fills in defaults and resolves units. Its input is valid: see `validateDesired`. */
export function resolveGlobals(input: GlobalPolicyInputs): GlobalPolicies {
  return {
    blocklist: (input.blocklist ?? []).map(resolveAddressEntry),
    allowlist: (input.allowlist ?? []).map(resolveAddressEntry),
    blocklistFiles: input.blocklistFiles ?? [],
    rateLimits: resolveRateLimits(input.rateLimits ?? []),
    bans: (input.bans ?? []).map(resolveBanRule),
  };
}

export function resolveAddressEntry(input: AddressEntryInput): AddressEntry {
  const { cidr, note = '', expires, mode } = typeof input === 'string' ? { cidr: input } : { ...input };
  return {
    cidr,
    note,
    expiresAt: expires === undefined ? 0 : Date.parse(expires),
    shadow: mode === 'shadow',
  };
}

function resolveBanRule({ name }: BanRuleInput): BanRuleSettings {
  return { name };
}
