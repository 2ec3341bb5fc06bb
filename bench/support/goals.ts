import { type Comparison, ComparisonReader } from './comparison.js';
import { HAPROXY, HAPROXY_SYSLOG, VELOCITY, VELOCITY_HELD } from './contenders/index.js';
import { httpProxyMiddleware } from './contenders/http-proxy-middleware.contender.js';
import { type Curve, growth } from './curve.js';
import type { MemoryReading } from './memory.js';
import { digits, type Table } from './table.js';

const MIB = 1_048_576;

export interface Measured {
  readonly comparison: Comparison | null;
  readonly curves: Readonly<Record<string, readonly Curve[]>> | null;
  readonly memory: readonly MemoryReading[] | null;
}

interface Goal {
  readonly measure: string;
  readonly value: number | undefined;
  readonly least: number;
  readonly aim: number;
  /** Default: less is better. */
  readonly isMoreBetter?: boolean;
  readonly text?: (value: number) => string;
}

/** What Velocity shall hold, and what was measured. */
export function goalTable(measured: Measured): Table {
  return { head: ['measure', 'at least', 'aim', 'measured', ''], rows: goalsOf(measured).map(rowOf) };
}

function goalsOf({ comparison, curves, memory }: Measured): readonly Goal[] {
  const reader = comparison === null ? null : new ComparisonReader(comparison);
  const toHaproxy = reader?.ratios(VELOCITY, HAPROXY);
  const held = reader?.ratios(VELOCITY_HELD, HAPROXY);
  const toMiddleware = reader?.ratios(VELOCITY, httpProxyMiddleware.name);
  const used = memory?.find(({ name }) => name === VELOCITY);
  const share = (value: number) => `1/${digits(1 / value)}`;
  const [bodies, kib, mib] = [used && Math.max(used.down, used.up), scaled(1_024, 'KiB'), scaled(MIB, 'MiB')];
  const curve = (name: string, at: number) => curves?.[name]?.[0] && growth(curves[name][0], at);
  const throughput = { least: 0.95, aim: 1.2, isMoreBetter: true };
  return [
    {
      measure: 'CPU per request ÷ HAProxy, log to standard output',
      value: toHaproxy?.cpu,
      least: 1,
      aim: 0.8,
    },
    {
      measure: 'CPU per request ÷ HAProxy, log to syslog',
      value: reader?.ratios(VELOCITY, HAPROXY_SYSLOG)?.cpu,
      least: 1,
      aim: 0.8,
    },
    {
      measure: 'requests/s of one worker ÷ HAProxy, 64 connections',
      value: held?.requestsPerSecond,
      ...throughput,
    },
    {
      measure: 'the same with the store’s writing on the same core',
      value: toHaproxy?.requestsPerSecond,
      ...throughput,
    },
    { measure: 'p99 at half of its own maximum ÷ HAProxy', value: held?.halfP99, least: 1.3, aim: 1 },
    {
      measure: 'the same with the store’s writing on the same core',
      value: toHaproxy?.halfP99,
      least: 1.3,
      aim: 1,
    },
    {
      measure: 'p99 at half of HAProxy’s maximum ÷ HAProxy',
      value: held?.commonP99,
      least: 1.3,
      aim: 1,
    },
    {
      measure: 'CPU per request ÷ http-proxy-middleware',
      value: toMiddleware?.cpu,
      least: 1 / 7,
      aim: 1 / 12,
      text: share,
    },
    {
      measure: 'CPU per request, 10,000 services ÷ one',
      value: curve('services', 10_000),
      least: 1.1,
      aim: 1,
    },
    {
      measure: 'CPU per request, 1,000 backends ÷ 10, least connections',
      value: curve('backends', 1_000),
      least: 1.5,
      aim: 1.1,
    },
    {
      measure: 'memory of an idle client connection',
      value: used?.perConnection,
      least: 10 * 1_024,
      aim: 4 * 1_024,
      text: kib,
    },
    {
      measure: 'extra memory for 1 GiB, the worse direction',
      value: bodies,
      least: 8 * MIB,
      aim: 2 * MIB,
      text: mib,
    },
    {
      measure: 'resident at start, 2 workers, SQLite',
      value: used?.atStart,
      least: 160 * MIB,
      aim: 100 * MIB,
      text: mib,
    },
  ];
}

function scaled(unit: number, name: string): (value: number) => string {
  return (value) => `${digits(value / unit)} ${name}`;
}

function rowOf({ measure, value, least, aim, isMoreBetter = false, text = digits }: Goal): string[] {
  if (value === undefined || !Number.isFinite(value))
    return [measure, text(least), text(aim), '–', 'not measured'];
  const reaches = (goal: number) => (isMoreBetter ? value >= goal : value <= goal);
  const verdict = reaches(aim) ? 'aim reached' : reaches(least) ? 'holds' : 'missed';
  return [measure, text(least), text(aim), text(value), verdict];
}
