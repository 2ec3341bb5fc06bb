import type { LoadReading } from './measured-load.js';
import { digits, type Table } from './table.js';

export interface CurvePoint {
  readonly at: number;
  readonly reading: LoadReading;
}

export interface Curve {
  readonly title: string;
  /** Of `at`. */
  readonly unit: string;
  readonly points: readonly CurvePoint[];
}

/**
 * What serving a request costs: of Velocity all threads but the main one, whose probes and records would hide the
 * curve; of proxies with one thread all of it.
 */
export function servingCpuUs({ othersUs, cpuUs }: LoadReading): number {
  return othersUs > 0 ? othersUs : cpuUs;
}

/** Price of the last point over that of the first; of `at` when given. */
export function growth(curve: Curve, at?: number): number {
  const point = at === undefined ? curve.points.at(-1) : curve.points.find((entry) => entry.at === at);
  const first = curve.points[0];
  return point && first ? servingCpuUs(point.reading) / servingCpuUs(first.reading) : Number.NaN;
}

export function curveTable(curve: Curve): Table {
  const rows = curve.points.map(({ at, reading }) => [
    `${at}`,
    digits(servingCpuUs(reading)),
    digits(growth(curve, at)),
    digits(reading.mainUs === reading.cpuUs || reading.othersUs === 0 ? null : reading.mainUs),
    digits(reading.requestsPerSecond),
    digits(reading.busy * 100),
    digits(reading.residentBytes / 1_048_576),
    digits(reading.foreign * 100),
  ]);
  return {
    head: [
      curve.unit,
      'CPU µs/request',
      '÷ first',
      'control plane µs',
      'requests/s',
      'busy %',
      'MiB',
      'others %',
    ],
    rows,
  };
}
