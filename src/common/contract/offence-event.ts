import type { BanRuleSettings } from './policies/index.js';

/** A client has done what a rule bans for, as often as the rule allows. Told once in a window. */
export interface OffenceEvent {
  readonly kind: 'offence';
  /** As it was when it was counted. */
  readonly rule: BanRuleSettings;
  /** Address. */
  readonly client: string;
  /** What the last one was: a drop reason, or the status that was answered. */
  readonly last: string;
  /** Service of the last one; empty: none was found. */
  readonly service: string;
}
