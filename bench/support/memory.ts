import type { Table } from './table.js';
import { digits } from './table.js';

const MIB = 1_048_576;

/** Resident memory of one proxy, in bytes. */
export interface MemoryReading {
  readonly name: string;
  readonly title: string;
  /** After the start, idle; median over the rounds. */
  readonly atStart: number;
  /** Of one idle keep-alive client connection that made one request. */
  readonly perConnection: number;
  readonly connections: number;
  /** Beyond what it was before, at the peak while one body streams. */
  readonly down: number;
  readonly up: number;
  readonly bodyBytes: number;
}

export function memoryTable(readings: readonly MemoryReading[]): Table {
  const rows = readings.map((reading) => [
    reading.title,
    digits(reading.atStart / MIB),
    digits(reading.perConnection / 1_024),
    digits(reading.down / MIB),
    digits(reading.up / MIB),
  ]);
  return {
    head: ['', 'at start, MiB', 'idle connection, KiB', '1 GiB down, + MiB', '1 GiB up, + MiB'],
    rows,
  };
}
