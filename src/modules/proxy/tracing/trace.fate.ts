/** What happens to the trace fields of a request on its way to the backend. */
export const TraceFate = {
  /** They stay as they are. */
  passes: 0,
  /** `traceparent` names our span; `tracestate` stays. */
  continued: 1,
  /** `traceparent` is a new one, and `tracestate`, which belongs to another trace or none, goes. */
  begun: 2,
} as const;
export type TraceFate = (typeof TraceFate)[keyof typeof TraceFate];
