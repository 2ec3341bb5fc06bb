/** What every Buffer has besides its documented methods; undici builds on it too. */
interface Latin1Source {
  readonly latin1Slice?: (from: number, to: number) => string;
}

const hasSlice = typeof (Buffer.prototype as Latin1Source).latin1Slice === 'function';

/**
 * Bytes as text, a character per byte. `toString` looks at its arguments for longer than a short text takes to make: of an
 * exchange's own time 5 % were spent there (`npm run bench -- wire-lane`).
 */
export function latin1(bytes: Buffer, from: number, to: number): string {
  return hasSlice
    ? (bytes as unknown as Required<Latin1Source>).latin1Slice(from, to)
    : bytes.toString('latin1', from, to);
}
