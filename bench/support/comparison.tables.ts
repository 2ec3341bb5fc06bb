import {
  type Comparison,
  ComparisonReader,
  type ContenderReadings,
  type RoundReading,
} from './comparison.js';
import { digits, type Table } from './table.js';

const MIB = 1_048_576;

/** CPU, throughput and memory of each proxy. */
export function costTable(comparison: Comparison): Table {
  const reader = new ComparisonReader(comparison);
  const row = (contender: ContenderReadings) => {
    const middle = (of: (round: RoundReading, index: number) => number | undefined) =>
      reader.middle(contender, of);
    const whole = middle(({ load }) => load.cpuUs);
    const counted = middle((_, index) => reader.countedCpuUs(contender, index));
    const ratios = reader.ratios(contender.name);
    return [
      contender.title,
      digits(counted),
      digits(whole),
      digits(ratios?.cpu),
      digits(middle(({ load }) => load.requestsPerSecond)),
      digits(ratios?.requestsPerSecond),
      digits(1e6 / counted),
      digits(middle(({ load }) => load.busy * 100)),
      digits(middle(({ load }) => load.residentBytes) / MIB),
      digits(middle(({ load }) => load.foreign * 100)),
    ];
  };
  return {
    head: [
      '',
      'CPU µs/request',
      'with the store',
      '÷ HAProxy',
      'requests/s',
      '÷ HAProxy',
      'per core',
      'busy %',
      'MiB',
      'others %',
    ],
    rows: comparison.contenders.map(row),
  };
}

/** Latency of the open loop. */
export function latencyTable(comparison: Comparison, at: 'half' | 'common'): Table {
  const reader = new ComparisonReader(comparison);
  const measured = comparison.contenders.filter(({ rounds }) => rounds.some((round) => round[at] !== null));
  const rows = measured.map((contender) => {
    const middle = (of: (paced: NonNullable<RoundReading['half']>) => number) =>
      reader.middle(contender, (round) => (round[at] === null ? undefined : of(round[at])));
    const ratios = reader.ratios(contender.name);
    return [
      contender.title,
      digits(middle(({ rate }) => rate)),
      digits(middle(({ latencyUs }) => latencyUs.p50)),
      digits(middle(({ latencyUs }) => latencyUs.p99)),
      digits(middle(({ latencyUs }) => latencyUs.p999)),
      digits(at === 'half' ? ratios?.halfP99 : ratios?.commonP99),
      digits(middle(({ lagUs }) => lagUs.p99)),
    ];
  });
  return { head: ['', 'requests/s', 'p50 µs', 'p99 µs', 'p99.9 µs', 'p99 ÷ HAProxy', 'generator p99'], rows };
}
