/** How much of a body is looked at, bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

export type BodyMatch = 'found' | 'searching' | 'gave-up';

/** Looks for a text in a body that arrives in pieces, without keeping more of it than the text is long. */
export class BodyMatcher {
  private readonly wanted: Buffer;
  private tail: Buffer = Buffer.alloc(0);
  private seenBytes = 0;

  constructor(text: string) {
    this.wanted = Buffer.from(text);
  }

  add(piece: Buffer): BodyMatch {
    const rest = piece.subarray(0, MAX_BODY_BYTES - this.seenBytes);
    const window = this.tail.length === 0 ? rest : Buffer.concat([this.tail, rest]);
    this.seenBytes += rest.length;
    if (window.includes(this.wanted)) return 'found';
    if (this.seenBytes === MAX_BODY_BYTES) return 'gave-up';
    this.tail = this.wanted.length > 1 ? window.subarray(1 - this.wanted.length) : this.tail;
    return 'searching';
  }
}
