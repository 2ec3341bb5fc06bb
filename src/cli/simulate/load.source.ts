import { readFile } from 'node:fs/promises';
import { milliseconds } from '../../common/config/units/duration.js';
import type { ScalingLogRecord } from '../../common/contract/scaling-log.js';
import { isVelocityError } from '../../common/errors/index.js';
import {
  LOAD_KINDS,
  type LoadTrace,
  parseTrace,
  sine,
  steps,
  traceOf,
} from '../../modules/autoscaling/simulation/index.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure, usageFailure } from '../command.failure.js';
import { readAll, STANDARD_INPUT } from '../commands/standard-input.js';
import { ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import type { SimulateFlags } from './simulate.flags.js';
import { invalid } from './simulated.service.js';

/** The load, and what is known of how it went. */
export interface LoadSource {
  readonly trace: LoadTrace;
  /** Unix milliseconds of the begin. */
  readonly startedAt: number;
  /** Backends at the begin; undefined: the least. */
  readonly first?: number;
  /** What was decided, the oldest first; empty: it is no load of the past. */
  readonly recorded: readonly RecordedDecision[];
}

export interface RecordedDecision {
  readonly time: number;
  readonly desired: number;
}

const DEFAULT_MS = 600_000;
/** A Monday: the same simulation is the same picture tomorrow. */
const DEFAULT_BEGIN = '2026-01-05T00:00:00Z';
const PAGE = 1_000;

export async function readLoad(
  session: Session,
  file: string | undefined,
  flags: SimulateFlags,
): Promise<LoadSource> {
  const named = [file, flags.constant, flags.step, flags.sine, flags.fromLog].filter(
    (one) => one !== undefined,
  );
  if (named.length !== 1) {
    throw usageFailure(
      named.length === 0 ? 'No load is named.' : 'More than one load is named: take one of them.',
      ['a file with the load, --constant, --step, --sine or --from-log'],
    );
  }
  if (flags.fromLog === true) return loggedLoad(session, flags);
  const startedAt = beginOf(flags) ?? Date.parse(DEFAULT_BEGIN);
  const trace = file === undefined ? madeLoad(flags) : await fileLoad(session, file, flags);
  return { trace, startedAt, recorded: [] };
}

function beginOf({ begin }: SimulateFlags): number | null {
  if (begin === undefined) return null;
  const time = Date.parse(begin);
  if (!Number.isNaN(time)) return time;
  throw usageFailure(`--begin ${JSON.stringify(begin)} is no time: write one such as ${DEFAULT_BEGIN}.`);
}

function madeLoad(flags: SimulateFlags): LoadTrace {
  const durationMs = flags.for === undefined ? DEFAULT_MS : milliseconds(flags.for);
  const kind = flags.load ?? 'requestsPerSecond';
  const { constant, step, sine: wave } = flags;
  if (wave === undefined) return steps(kind, constant ?? step ?? [], durationMs);
  const [low, high, ...more] = wave;
  if (low === undefined || high === undefined || more.length > 0) {
    throw usageFailure('--sine takes the lowest and the highest load, such as 10,500.');
  }
  const periodMs = flags.period === undefined ? durationMs : milliseconds(flags.period);
  return sine(kind, { low, high, periodMs }, durationMs);
}

async function fileLoad({ streams }: Session, file: string, flags: SimulateFlags): Promise<LoadTrace> {
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const content = await (file === STANDARD_INPUT ? readAll(streams.stdin) : readFile(file)).catch(
    (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? error.message})`;
      throw new CommandFailure(`${file} ${why}.`, {
        exitCode: ExitCode.invalid,
        code: 'USAGE',
        cause: error,
      });
    },
  );
  try {
    const durationMs = flags.for === undefined ? undefined : milliseconds(flags.for);
    return parseTrace(content.toString(), { file: name, kind: flags.load ?? null, durationMs });
  } catch (error) {
    throw isVelocityError(error) ? invalid(error.message, error) : error;
  }
}

/** What the balancer saw when it decided. It writes down what changes, so that a value holds until the next. */
async function loggedLoad({ client }: Session, flags: SimulateFlags): Promise<LoadSource> {
  const { service, since, until, load } = flags;
  if (service === undefined) throw usageFailure('--from-log needs --service: whose decisions?');
  const query = { service, kind: 'decision', from: since, to: until, limit: PAGE };
  const records = await client.all<ScalingLogRecord>(ROUTES.scalingLogs, { query });
  records.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const kind = load ?? LOAD_KINDS.toReversed().find((one) => records.some(({ metrics }) => one in metrics));
  const seen = records.filter(({ metrics }) => kind !== undefined && metrics[kind] !== undefined);
  const [first] = seen;
  if (kind === undefined || first === undefined) {
    const what = load === undefined ? 'decisions with a load' : `decisions that saw ${load}`;
    throw new CommandFailure(`The scaling log has no ${what} of ${service} in this time.`, {
      code: 'NOT_FOUND',
      advice: ['Look further back with --since, such as --since 1d.'],
    });
  }
  const points = new Map(seen.map(({ time, metrics }) => [time - first.time, metrics[kind] ?? 0]));
  const durationMs = flags.for === undefined ? undefined : milliseconds(flags.for);
  const trace = traceOf(
    kind,
    [...points].map(([atMs, value]) => ({ atMs, value })),
    durationMs,
  );
  const recorded = seen.flatMap(({ time, desired }) => (desired === null ? [] : [{ time, desired }]));
  return { trace, startedAt: beginOf(flags) ?? first.time, first: first.current, recorded };
}
