import type { AccessLogRecord } from '../../common/contract/index.js';
import type { Query } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { Interruption } from '../interruption.js';
import type { Session } from '../session.js';
import { accessLogLine } from './logs.view.js';
import { RecordFollower } from './record.follower.js';
import { allServices } from './service.catalogue.js';

const LOOK_MS = 500;
const PAGE = 1_000;

export interface LogFlags {
  readonly service?: string;
  readonly backend?: string;
  readonly status?: string;
  readonly client?: string;
  readonly path?: string;
  readonly method?: string;
  readonly requestId?: string;
  /** Drops only; a text: with this reason. */
  readonly dropped?: boolean | string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly follow?: boolean;
}

/** Shows exchanges, the newest last; with `follow` those that come, until Ctrl-C. */
export async function showLogs(session: Session, flags: LogFlags): Promise<void> {
  const { client, terminal } = session;
  const filter = filterOf(flags);
  const printer = new LogPrinter(session);
  const range = { from: flags.since, to: flags.until };
  const follower = new RecordFollower<AccessLogRecord>(client, ROUTES.accessLogs, filter);
  // Before the ones to show are asked for: what comes in between is shown by one of the two. Older ones than the limit
  // asks for are left out.
  if (flags.follow === true) follower.skip(await newest(session, { ...filter, from: '-60s' }, PAGE));
  const records = await newest(session, { ...filter, ...range }, flags.limit);
  await printer.print(records);
  if (flags.follow === true) {
    follower.skip(records);
    await follow(session, follower, printer);
  } else if (records.length === 0) {
    terminal.say('No exchange fits.');
  }
}

async function follow(
  { terminal }: Session,
  follower: RecordFollower<AccessLogRecord>,
  printer: LogPrinter,
): Promise<void> {
  const interruption = Interruption.begin();
  let isAway = false;
  try {
    for (;;) {
      await interruption.pause(LOOK_MS);
      if (interruption.isAsked) return;
      try {
        await printer.print(await follower.look());
        if (isAway) terminal.notice('the balancer answers again');
        isAway = false;
        if (follower.isBehind)
          terminal.notice('more exchanges than can be shown: some are left out, filters help');
      } catch (error) {
        if (!(error instanceof CommandFailure) || !isPassing(error)) throw error;
        if (!isAway) terminal.notice(`${error.message} Trying again.`);
        isAway = true;
      }
    }
  } finally {
    interruption.end();
  }
}

/** A restart of the balancer or of its store. */
function isPassing({ code }: CommandFailure): boolean {
  return code === 'UNREACHABLE' || code === 'STORE_UNAVAILABLE';
}

/** At most `limit`, oldest first. */
async function newest({ client }: Session, query: Query, limit: number): Promise<AccessLogRecord[]> {
  const found: AccessLogRecord[] = [];
  if (limit === 0) return found;
  const pages = client.items<AccessLogRecord>(ROUTES.accessLogs, {
    query: { ...query, limit: Math.min(limit, PAGE) },
  });
  for await (const record of pages) {
    found.push(record);
    if (found.length >= limit) break;
  }
  return found.reverse();
}

function filterOf(flags: LogFlags): Query {
  const { service, backend, status, client, method, requestId, dropped } = flags;
  const drops =
    typeof dropped === 'string' ? { dropReason: dropped } : { dropped: dropped === true ? true : undefined };
  return { service, backend, status, client, method, requestId, pathPrefix: flags.path, ...drops };
}

/** Writes records as lines, and finds out the URLs of their backends. */
class LogPrinter {
  private readonly urls = new Map<string, string>();

  constructor(private readonly session: Session) {}

  async print(records: readonly AccessLogRecord[]): Promise<void> {
    const { terminal } = this.session;
    if (terminal.json) return records.forEach((record) => terminal.printJsonLine(record));
    await this.learn(records);
    for (const record of records) {
      terminal.print(accessLogLine(record, terminal.paint, (id) => this.urls.get(id) ?? id));
    }
  }

  /** Once for each backend that is met; one that is gone stays known by its id. */
  private async learn(records: readonly AccessLogRecord[]): Promise<void> {
    const ids = records.flatMap(({ attempts }) => attempts.map(({ backend }) => backend));
    if (ids.every((id) => this.urls.has(id))) return;
    const services = await allServices(this.session.client);
    for (const { backends } of services) for (const { id, url } of backends) this.urls.set(id, url);
    for (const id of ids) if (!this.urls.has(id)) this.urls.set(id, id);
  }
}
