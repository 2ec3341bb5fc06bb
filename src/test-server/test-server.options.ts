/** How the test server is started. Run straight from source by tests, hence only syntax that Node can strip. */
export interface TestServerOptions {
  /** One independent server per entry; 0: any free port. */
  readonly ports: readonly number[];
  readonly host: string;
  /** Time until each response starts, milliseconds; `/health` always answers at once. */
  readonly durationMs: number;
  /** Told by `/`; with several ports each server is called `<name>-<port>`. Empty: `test-server-<port>`. */
  readonly name: string;
}

/** Options as typed: flags, or environment variables of the same names in capitals. */
export interface TestServerInput {
  readonly port?: string;
  readonly duration?: string;
  readonly host?: string;
  readonly name?: string;
}

/** Everything that is wrong with the input, one sentence per problem. */
export type ParsedTestServerOptions =
  { readonly options: TestServerOptions } | { readonly problems: readonly string[] };

const DEFAULT_PORT = '9101';
const MAX_SERVERS = 1_000;
const MAX_DURATION_SECONDS = 3_600;

/** A flag wins over its environment variable; an empty variable counts as absent. */
export function parseTestServerOptions(
  flags: TestServerInput,
  env: Readonly<Record<string, string | undefined>>,
): ParsedTestServerOptions {
  const problems: string[] = [];
  const ports = parsePorts(
    named(flags.port, '--port', env['PORT'], 'PORT') ?? fallback(DEFAULT_PORT),
    problems,
  );
  const durationMs = parseDuration(
    named(flags.duration, '--duration', env['DURATION'], 'DURATION') ?? fallback('0'),
    problems,
  );
  const host = named(flags.host, '--host', env['HOST'], 'HOST')?.text ?? '127.0.0.1';
  const name = named(flags.name, '--name', env['NAME'], 'NAME')?.text ?? '';
  return problems.length > 0 ? { problems } : { options: { ports, host, durationMs, name } };
}

interface Value {
  /** Where it came from, for messages. */
  readonly from: string;
  readonly text: string;
}

function named(
  flag: string | undefined,
  flagName: string,
  variable: string | undefined,
  variableName: string,
): Value | null {
  if (flag !== undefined) return { from: flagName, text: flag.trim() };
  if (variable !== undefined && variable.trim() !== '') return { from: variableName, text: variable.trim() };
  return null;
}

function fallback(text: string): Value {
  return { from: 'default', text };
}

function parsePorts(value: Value, problems: string[]): number[] {
  const ports: number[] = [];
  for (const part of value.text.split(',')) {
    const range = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? range?.[1]);
    if (!range || last > 65_535 || first > last) {
      problems.push(
        `${value.from}: "${part.trim()}" is not a port. Give a port from 0 to 65535 (0: any free one), a comma list, or a range such as 9101-9109.`,
      );
      return ports;
    }
    for (let port = first; port <= last && ports.length <= MAX_SERVERS; port++) ports.push(port);
  }
  if (ports.length > MAX_SERVERS)
    problems.push(`${value.from}: at most ${MAX_SERVERS} ports can be served at once.`);
  const twice = ports.find((port, index) => port !== 0 && ports.indexOf(port) !== index);
  if (twice !== undefined) problems.push(`${value.from}: port ${twice} is given twice.`);
  return ports;
}

function parseDuration(value: Value, problems: string[]): number {
  const seconds = /^\d+(\.\d+)?$|^\.\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (!(seconds <= MAX_DURATION_SECONDS)) {
    problems.push(
      `${value.from}: "${value.text}" is not a duration. Give seconds from 0 to ${MAX_DURATION_SECONDS}, such as 2 or 0.25.`,
    );
  }
  return Math.round(seconds * 1_000);
}
