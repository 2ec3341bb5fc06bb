/** One file of a spool, as far as the spool knows it. */
export interface Segment {
  /** Rises from 1 on within a spool; a number is never used twice. */
  readonly number: number;
  readonly path: string;
  /** Where its first frame begins. */
  readonly framesAt: number;
  /** Where its last whole frame ends: nothing behind is read. */
  end: number;
  /** Records in it that were not yet taken out to be shipped. */
  left: number;
  /** When the first of its frames was written, Unix milliseconds. */
  readonly since: number;
}

const NAME = /^(\d{12})\.segment$/;

export function segmentName(number: number): string {
  return `${String(number).padStart(12, '0')}.segment`;
}

/** null: no segment's name. */
export function segmentNumber(name: string): number | null {
  const match = NAME.exec(name);
  return match === null ? null : Number(match[1]);
}
