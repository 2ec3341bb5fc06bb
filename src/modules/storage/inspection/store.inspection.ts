/** What somebody who looks at a store from outside finds, in words for the operator. */
export interface StoreInspection {
  /** Such as `MongoDB 8.0.4, replica set velocity`. Empty: it was not reached. */
  readonly description: string;
  /** What does harm now; each says what to do. */
  readonly problems: readonly string[];
  /** What may do harm, or should be known. */
  readonly notices: readonly string[];
  /** By how many milliseconds the server's clock is ahead of ours; null: it has none of its own. */
  readonly clockAheadMs: number | null;
}
