import type { AccessLogRecord } from '../../common/contract/index.js';
import { ROUTES } from '../admin/admin.routes.js';
import { usageFailure } from '../command.failure.js';
import type { Session } from '../session.js';
import type { Painter } from '../terminal/painter.js';
import type { Terminal } from '../terminal/terminal.js';
import { visible } from '../terminal/visible-text.js';

export interface ExplainFlags {
  readonly host?: string;
  readonly path?: string;
  readonly ip?: string;
  readonly method?: string;
  readonly header?: readonly string[];
}

interface ExplainedRecord {
  readonly record: Pick<AccessLogRecord, 'id' | 'time' | 'method' | 'host' | 'path' | 'client' | 'status'>;
  readonly lines: readonly string[];
}

/** Says why an exchange went the way it went, or, with flags, what would become of one now. */
export async function explain(session: Session, id: string | undefined, flags: ExplainFlags): Promise<void> {
  const isAsked = Object.values(flags).some((value) => value !== undefined);
  if (id !== undefined && isAsked) {
    throw usageFailure('Give a request id, or --host, --path and --ip of a request: not both.');
  }
  if (id !== undefined) return explainRecord(session, id);
  if (flags.ip === undefined) {
    throw usageFailure('Neither a request id nor --ip is given.', [
      'velocity explain <request-id> tells a recorded exchange,',
      'velocity explain --host <host> --path <path> --ip <address> what would happen now',
    ]);
  }
  return explainNow(session, flags);
}

async function explainRecord({ client, terminal }: Session, id: string): Promise<void> {
  const answer = await client.get<{ items: readonly ExplainedRecord[] }>(ROUTES.explained(id));
  if (terminal.json) return terminal.printJson(answer);
  for (const [index, { record, lines }] of answer.items.entries()) {
    if (index > 0) terminal.print();
    const { method, host, path, client: address, time, status } = record;
    const title = `${method} ${host}${path} from ${address}: ${status}`;
    terminal.print(`${terminal.paint('bold', visible(title))}  ${terminal.paint('dim', timeOf(time))}`);
    printLines(terminal, lines);
  }
}

async function explainNow({ client, terminal }: Session, flags: ExplainFlags): Promise<void> {
  const { host, path, ip, method, header } = flags;
  const answer = await client.get<{ lines: readonly string[] }>(ROUTES.explain, {
    query: { host, path, ip, method, header },
  });
  if (terminal.json) return terminal.printJson(answer);
  printLines(terminal, answer.lines);
}

function printLines(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) terminal.print(painted(visible(line), terminal.paint));
}

/** What was picked stands out, and so does what was refused. */
function painted(line: string, paint: Painter): string {
  if (/^ {2}\S+ was picked/.test(line)) return paint('green', line);
  if (/refused|kept out|nobody could be picked|would answer|: the balancer answered/.test(line))
    return paint('red', line);
  return /^(Now|Ended):/.test(line) ? paint('bold', line) : line;
}

function timeOf(time: number): string {
  return new Date(time).toISOString();
}
