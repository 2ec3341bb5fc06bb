/** An answer that the configuration or a policy gives instead of a backend. */
export interface FixedAnswer {
  /** 200 to 599. */
  readonly status: number;
  /** Name, value, name, value ... without those that concern the connection or the body's length. */
  readonly headers: readonly string[];
  /** A byte per character; not sent in answer to HEAD. */
  readonly body: string;
}

/** A configured body as an answer holds it: the bytes of its UTF-8, a character each. */
export function answerBody(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
