import { setTimeout } from 'node:timers/promises';
import type { AccessLogRecord } from '../../common/contract/index.js';
import type { Query } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { Interruption } from '../interruption.js';
import type { Session } from '../session.js';
import type { TailSkipped } from '../../modules/admin/resources/event.resource.js';
import { count } from '../terminal/amounts.js';
import { accessLogLine } from './logs.view.js';
import { RecordFollower } from './record.follower.js';
import { allServices } from './service.catalogue.js';

const LOOK_MS = 500;
const PAGE = 1_000;
/** Within this an exchange is stored, unless the store is away. */
const STORED_MS = 2_000;

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
    await follow(session, { follower, filter, printer });
  } else if (records.length === 0) {
    terminal.say('No exchange fits.');
  }
}

interface Following {
  readonly follower: RecordFollower<AccessLogRecord>;
  readonly filter: Query;
  readonly printer: LogPrinter;
}

async function follow(session: Session, following: Following): Promise<void> {
  const { terminal } = session;
  const interruption = Interruption.begin();
  let isAway = false;
  let canStream = true;
  try {
    for (;;) {
      await interruption.pause(LOOK_MS);
      if (interruption.isAsked) return;
      try {
        // What came while nobody listened is looked up; then it streams, where the balancer can do that.
        await look(session, following);
        if (isAway) terminal.notice('the balancer answers again');
        isAway = false;
        if (canStream) canStream = await stream(session, following, interruption.signal);
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

async function look({ terminal }: Session, { follower, printer }: Following): Promise<void> {
  await printer.print(await follower.look());
  if (follower.isBehind) terminal.notice('more exchanges than can be shown: some are left out, filters help');
}

/** An older balancer has no stream, a busy one has none left: then the log is looked at now and then. */
const WITHOUT_STREAM: ReadonlySet<string> = new Set(['ROUTE_NOT_FOUND', 'TOO_MANY_STREAMS']);

/** Shows exchanges as they come, until the stream ends. Resolves with false where there is no such stream. */
async function stream(session: Session, following: Following, signal: AbortSignal): Promise<boolean> {
  const { client, terminal } = session;
  const { follower, filter, printer } = following;
  const late = new AbortController();
  try {
    const settled = lookLater(session, following, late.signal);
    for await (const { event, data } of client.events(ROUTES.accessLogEvents, filter, signal)) {
      if (event === 'records') await printer.print(follower.fresh(data as AccessLogRecord[]));
      if (event === 'skipped') {
        const { unread, unsent } = data as TailSkipped;
        terminal.notice(`${count(unread + unsent)} more exchanges than can be shown: filters help`);
      }
    }
    await settled;
    return true;
  } catch (error) {
    if (error instanceof CommandFailure && WITHOUT_STREAM.has(error.code)) return false;
    throw error;
  } finally {
    late.abort();
  }
}

/** What was on its way to the store when the stream began is in neither, until it is stored. */
async function lookLater(session: Session, following: Following, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(STORED_MS, undefined, { signal });
    await look(session, following);
  } catch {
    // The stream has ended, and the next look tells what is wrong.
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
