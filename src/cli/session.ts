import { processEnvironment } from '../common/config/source/environment.js';
import type { ErrorIssue } from '../common/errors/index.js';
import { AdminClient } from './admin/admin.client.js';
import { type AdminFlags, readAdminTarget } from './admin/admin.target.js';
import { CommandFailure } from './command.failure.js';
import { ExitCode } from './exit-code.js';
import { type ProcessStreams, Terminal } from './terminal/terminal.js';
import { visible } from './terminal/visible-text.js';

/** Options that every command knows. */
export interface GlobalFlags extends AdminFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}

/** What a command works with: where it speaks, and the balancer that it speaks of. */
export class Session {
  readonly terminal: Terminal;
  private connected: AdminClient | null = null;

  constructor(
    private readonly flags: GlobalFlags,
    readonly streams: ProcessStreams,
  ) {
    this.terminal = new Terminal(streams, { json: flags.json ?? false, color: flags.color ?? true });
  }

  /** Nothing is sent before the first call. Throws a usage failure when the flags or the environment name nonsense. */
  get client(): AdminClient {
    this.connected ??= new AdminClient(readAdminTarget(this.flags, this.streams.env));
    return this.connected;
  }
}

/** A command's work. Resolves with the exit code; nothing is 0. */
export type Work = (session: Session) => Promise<number | void>;

/** Does the work of a command in this process, and sets its exit code. */
export async function execute(flags: GlobalFlags, work: Work): Promise<void> {
  const { stdin, stdout, stderr } = process;
  // Whoever read the output has enough (`| head`): nothing is left to do.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  stderr.on('error', () => undefined);
  process.exitCode = await perform(flags, { env: processEnvironment(), stdin, stdout, stderr }, work);
}

/** The same on given streams. Resolves with the exit code. */
export async function perform(flags: GlobalFlags, streams: ProcessStreams, work: Work): Promise<number> {
  const session = new Session(flags, streams);
  try {
    return (await work(session)) ?? ExitCode.ok;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    report(session.terminal, error);
    return error.exitCode;
  }
}

function report(terminal: Terminal, failure: CommandFailure): void {
  const { message, code, status, issues, advice } = failure;
  if (terminal.json) {
    const error = { code, ...(status === undefined ? {} : { status }), message, issues, advice };
    return terminal.say(JSON.stringify({ error }, null, 2));
  }
  terminal.say(`${terminal.paintMessage('red', 'velocity:')} ${visible(message)}`);
  // A message of one issue says it already.
  const told = issues.filter((issue) => !message.includes(issue.message));
  for (const issue of told) terminal.say(`  ${visible(issueText(issue))}`);
  for (const line of advice) terminal.say(`  ${terminal.paintMessage('dim', visible(line))}`);
}

/** `file:line:column: path: message`, as far as known. */
export function issueText({ file, line, column, path, message }: ErrorIssue): string {
  const position = line === undefined ? '' : `:${line}:${column ?? 1}`;
  const place = file === undefined && position === '' ? '' : `${file ?? ''}${position}: `;
  return `${place}${path === '' ? '' : `${path}: `}${message}`;
}
