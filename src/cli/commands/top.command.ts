import { ROUTES } from '../admin/admin.routes.js';
import type {
  AnalyticsQueryResource,
  AnalyticsTop,
} from '../../modules/admin/resources/analytics.resource.js';
import type { Session } from '../session.js';
import { bytes, count, localTime, microseconds, percent } from '../terminal/amounts.js';
import { bar } from '../terminal/bar.js';
import type { Column } from '../terminal/table.js';
import { backendUrls } from './service.catalogue.js';

const BAR_COLUMNS = 16;

export interface TopFlags {
  readonly since: string;
  readonly until?: string;
  readonly limit: number;
  readonly order: AnalyticsOrder;
  readonly service?: string;
  readonly backend?: string;
  readonly status?: string;
  readonly client?: string;
  readonly path?: string;
  /** Drops only; a text: with this reason. */
  readonly dropped?: boolean | string;
  readonly csv?: boolean;
}

type AnalyticsGroup = AnalyticsTop['groups'][number];
/** What groups can be ordered by. */
export type AnalyticsOrder = NonNullable<AnalyticsQueryResource['order']>;
/** What can be told apart. */
export type AnalyticsDimension = NonNullable<AnalyticsQueryResource['groupBy']>;

/** Shows which paths, clients, backends and so on have the most of something. */
export async function showTop(session: Session, dimension: string, flags: TopFlags): Promise<void> {
  const { client, terminal } = session;
  const query = queryOf(dimension, flags);
  if (flags.csv === true) {
    const text = await client.text(ROUTES.analyticsTop, { query, accept: 'text/csv' });
    return void terminal.streams.stdout.write(text);
  }
  const answer = await client.get<AnalyticsTop>(ROUTES.analyticsTop, { query });
  if (terminal.json) return terminal.printJson(answer);
  const { groups, total, query: asked } = answer;
  if (total.requests === 0) return terminal.say('No exchange fits.');
  const names = dimension === 'backend' ? await backendUrls(client) : new Map<string, string>();
  const range = `${localTime(asked.from)} to ${localTime(asked.to)}`;
  terminal.print(terminal.paint('dim', `${range}, ${count(total.requests)} exchanges`));
  terminal.printTable(columnsOf(dimension, flags.order, { groups, names }), groups);
}

function queryOf(dimension: string, flags: TopFlags) {
  const { since, until, limit, order, service, backend, status, client, path, dropped } = flags;
  const drops =
    typeof dropped === 'string' ? { dropReason: dropped } : { dropped: dropped === true ? true : undefined };
  const filter = { service, backend, status, client, path, ...drops };
  return { from: since, to: until, groupBy: dimension, limit, order, percentiles: '50,99', ...filter };
}

interface Shown {
  readonly groups: readonly AnalyticsGroup[];
  /** URLs of backends by id. */
  readonly names: ReadonlyMap<string, string>;
}

function columnsOf(
  dimension: string,
  order: AnalyticsOrder,
  { groups, names }: Shown,
): readonly Column<AnalyticsGroup>[] {
  const most = groups.reduce((highest, group) => Math.max(highest, group[order]), 0);
  const number = (title: string, value: (group: AnalyticsGroup) => string): Column<AnalyticsGroup> => ({
    title,
    value,
    align: 'right',
  });
  return [
    {
      title: dimension.toUpperCase(),
      value: ({ key, isRest }) => (isRest ? '(others)' : names.get(key) || key || '(none)'),
      colour: ({ isRest }) => (isRest ? 'dim' : null),
      shrinksTo: 16,
    },
    number('REQUESTS', ({ requests }) => count(requests)),
    {
      title: '',
      value: (group) => bar(most > 0 ? group[order] / most : 0, BAR_COLUMNS).padEnd(BAR_COLUMNS),
      colour: () => 'cyan',
    },
    {
      ...number('ERRORS', ({ errors, errorShare }) => `${count(errors)} (${percent(errorShare)})`),
      colour: ({ errors }) => (errors > 0 ? 'red' : null),
    },
    number('DROPS', ({ drops, dropShare }) => `${count(drops)} (${percent(dropShare)})`),
    number('RETRIES', ({ retries }) => count(retries)),
    number('IN', ({ bytesIn }) => bytes(bytesIn)),
    number('OUT', ({ bytesOut }) => bytes(bytesOut)),
    number('P50', ({ percentilesUs }) => microseconds(percentilesUs['50'] ?? 0)),
    number('P99', ({ percentilesUs }) => microseconds(percentilesUs['99'] ?? 0)),
  ];
}
