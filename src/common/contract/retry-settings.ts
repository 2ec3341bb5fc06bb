/** What happens after a failed attempt. */
export interface RetrySettings {
  /** Tries after the first one. */
  readonly attempts: number;
}
