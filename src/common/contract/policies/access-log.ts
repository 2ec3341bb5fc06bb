/** What is recorded of exchanges whatever the sample. `errors`: answered by a backend with 500 or more. */
export const RECORDED_ALWAYS = ['errors', 'drops', 'slow', 'retries'] as const;
export type RecordedAlways = (typeof RECORDED_ALWAYS)[number];

/** Fields of a record that may be left out; they are empty then. */
export const OPTIONAL_FIELDS = ['query', 'userAgent', 'referer'] as const;
export type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/** How much of a client's address is recorded: all, or the network that it is in (IPv4: /24, IPv6: /48). */
export const CLIENT_REDACTIONS = ['off', 'network'] as const;
export type ClientRedaction = (typeof CLIENT_REDACTIONS)[number];

/** So many headers of a request may be recorded by name. */
export const MAX_RECORDED_HEADERS = 16;

/** Which exchanges are recorded, and what of them. Plain data. */
export interface AccessLogPolicy {
  /** Share of the ordinary exchanges that is recorded, 0 to 1; all are counted. */
  readonly sample: number;
  readonly always: readonly RecordedAlways[];
  /** What takes at least so long is slow. */
  readonly slowMs: number;
  /** Optional fields that are not recorded. */
  readonly without: readonly OptionalField[];
  /** Request headers that are recorded beside the fields, lower case. */
  readonly headers: readonly string[];
  /** Values in the query that are concealed: those of secrets, all, or those of secrets and of these names (lower case). */
  readonly redactQuery: 'secrets' | 'all' | readonly string[];
  /** Headers whose values are concealed, lower case. */
  readonly redactHeaders: readonly string[];
  readonly client: ClientRedaction;
  /** Share of the ordinary exchanges whose decision is recorded, 0 to 1. That of drops, errors, retries and slow ones always is. */
  readonly decisionSample: number;
}

/** Everything is recorded, and nothing but secrets concealed. */
export const FULL_ACCESS_LOG: AccessLogPolicy = {
  sample: 1,
  always: ['errors', 'drops', 'slow'],
  slowMs: 1_000,
  without: [],
  headers: [],
  redactQuery: 'secrets',
  redactHeaders: [],
  client: 'off',
  decisionSample: 0.01,
};

/** What a service says itself; null: what holds for all. */
export type ServiceAccessLog = { readonly [Key in keyof AccessLogPolicy]: AccessLogPolicy[Key] | null };

export const INHERITED_ACCESS_LOG: ServiceAccessLog = {
  sample: null,
  always: null,
  slowMs: null,
  without: null,
  headers: null,
  redactQuery: null,
  redactHeaders: null,
  client: null,
  decisionSample: null,
};
