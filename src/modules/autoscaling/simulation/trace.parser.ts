import { type ErrorIssue, VelocityError } from '../../../common/errors/index.js';
import { LOAD_KINDS, type LoadKind, type LoadPoint, type LoadTrace, traceOf } from './load.trace.js';

/** More would only repeat the first ones. */
const MOST_ISSUES = 10;

export interface TraceSource {
  /** Named in messages. */
  readonly file: string;
  /** What the second column is when the file does not say; a file that says otherwise is refused. null: what it says, else requests per second. */
  readonly kind: LoadKind | null;
  /** Default: the last value holds as long as the one before. */
  readonly durationMs?: number;
}

/**
 * Lines `seconds,requestsPerSecond` or `seconds,inFlight` with or without that head, or JSON lines with these names. Empty
 * lines and those that begin with `#` are passed over. Throws REQUEST_INVALID, with the line of each error.
 */
export function parseTrace(text: string, source: TraceSource): LoadTrace {
  const reader = new TraceReader(source);
  for (const [index, line] of text.split(/\r?\n/).entries()) reader.read(line.trim(), index + 1);
  return reader.trace();
}

type Value = Partial<Record<string, unknown>>;

class TraceReader {
  private readonly points: LoadPoint[] = [];
  private readonly issues: ErrorIssue[] = [];
  private said: LoadKind | null = null;
  private lines = 0;

  constructor(private readonly source: TraceSource) {}

  read(line: string, number: number): void {
    if (line === '' || line.startsWith('#') || this.issues.length >= MOST_ISSUES) return;
    this.lines++;
    try {
      if (line.startsWith('{')) this.object(line);
      else if (this.lines === 1 && /^"?[a-z]/i.test(line)) this.head(line);
      else this.row(line);
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      const { file } = this.source;
      this.issues.push({ path: '', message: error.message, file, line: number, column: 1 });
    }
  }

  trace(): LoadTrace {
    const { file, kind, durationMs } = this.source;
    if (this.issues.length > 0) {
      const [first] = this.issues as [ErrorIssue];
      throw new VelocityError('REQUEST_INVALID', `${file}, line ${first.line}: ${first.message}`, {
        issues: this.issues,
      });
    }
    if (this.points.length === 0)
      throw new VelocityError('REQUEST_INVALID', `${file} has no line with a load`);
    return traceOf(kind ?? this.said ?? 'requestsPerSecond', this.points, durationMs);
  }

  private head(line: string): void {
    const [time, load = '', ...more] = columns(line);
    const kind = LOAD_KINDS.find((one) => one.toLowerCase() === load.toLowerCase());
    if (time?.toLowerCase() !== 'seconds' || kind === undefined || more.length > 0) {
      throw new BadLine(`the head must be seconds,requestsPerSecond or seconds,inFlight, not ${line}`);
    }
    this.says(kind);
  }

  private row(line: string): void {
    const [time, load, ...more] = columns(line);
    if (load === undefined || more.length > 0) {
      throw new BadLine(`two numbers are expected, seconds and load, such as 60,100; not ${cut(line)}`);
    }
    this.point(amount(time, 'the time'), amount(load, 'the load'));
  }

  private object(line: string): void {
    const value = parsed(line);
    const kind = LOAD_KINDS.find((one) => value[one] !== undefined);
    if (kind === undefined) throw new BadLine('requestsPerSecond or inFlight is missing');
    this.says(kind);
    this.point(amount(value['seconds'], 'seconds'), amount(value[kind], kind));
  }

  private says(kind: LoadKind): void {
    const before = this.said ?? this.source.kind ?? kind;
    if (kind !== before)
      throw new BadLine(`${kind} is given where ${before} was expected: a trace has one of them`);
    this.said = kind;
  }

  private point(seconds: number, value: number): void {
    const atMs = Math.round(seconds * 1_000);
    const last = this.points.at(-1)?.atMs ?? -1;
    if (atMs <= last) throw new BadLine(`${seconds} s is not after the line before (${last / 1_000} s)`);
    this.points.push({ atMs, value });
  }
}

class BadLine extends Error {}

function columns(line: string): string[] {
  return line.split(/[,;\t]/).map((text) => text.trim().replace(/^"(.*)"$/, '$1'));
}

function parsed(line: string): Value {
  try {
    return JSON.parse(line) as Value;
  } catch {
    throw new BadLine(`${cut(line)} is no JSON object`);
  }
}

/** Unix times are seconds, too. */
const LARGEST = 1e11;

function amount(value: unknown, name: string): number {
  const isText = typeof value === 'string' && value !== '';
  const number = typeof value === 'number' || isText ? Number(value) : Number.NaN;
  if (number >= 0 && number <= LARGEST) return number;
  throw new BadLine(`${name} must be a number from 0 to ${LARGEST}, not ${cut(String(value))}`);
}

function cut(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
