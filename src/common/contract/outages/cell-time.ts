/** Monotonic milliseconds as a cell holds them: wrapped to 32 bits, never 0, which means "none". */
export function cellTime(ms: number): number {
  return Math.floor(ms) | 0 || 1;
}

/** Milliseconds from `nowMs` to a cell's time, negative when it is over; right for times within 24 days of now. */
export function msUntil(cell: number, nowMs: number): number {
  return (cell - cellTime(nowMs)) | 0;
}
