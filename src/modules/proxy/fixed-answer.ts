/** An answer that the configuration or a policy gives instead of a backend. */
export interface FixedAnswer {
  /** 200 to 599. */
  readonly status: number;
  /** Name, value, name, value ... without those that concern the connection or the body's length. */
  readonly headers: readonly string[];
  /** A byte per character; not sent in answer to HEAD. */
  readonly body: string;
}
