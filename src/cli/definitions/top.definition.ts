import { Argument, Option } from 'commander';
import type { AnalyticsDimension, AnalyticsOrder, TopFlags } from '../commands/top.command.js';
import { moment, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const DIMENSIONS: readonly AnalyticsDimension[] = [
  'path',
  'service',
  'backend',
  'status',
  'statusClass',
  'dropReason',
  'client',
];
const ORDERS: readonly AnalyticsOrder[] = ['requests', 'errors', 'drops', 'retries', 'bytesIn', 'bytesOut'];
const MAX_GROUPS = 1_000;

export function addTop(program: VelocityCommand): void {
  program
    .command('top')
    .description('show which paths, clients or backends had the most')
    .addArgument(
      new Argument('[dimension]', 'what is told apart').choices(DIMENSIONS).default('path' as const),
    )
    .addOption(new Option('-o, --order <figure>', 'by what').choices(ORDERS).default('requests'))
    .option('-n, --limit <count>', 'how many; the others are one line', wholeNumber(1, MAX_GROUPS), 10)
    .option(
      '--since <time>',
      'from then on: 15m (ago), or ISO 8601 such as 2026-05-01T12:00:00Z',
      moment,
      '-1h',
    )
    .option('--until <time>', 'before then, in the same forms', moment)
    .option('-s, --service <name>', 'only this service')
    .option('--backend <id>', 'only this backend, by its id')
    .option('--status <status>', 'a status, or a class such as 5xx')
    .option('--dropped [reason]', 'only what the balancer itself ended; with a reason, only that')
    .option('--client <address>', 'only this client')
    .option('--path <path>', 'only exactly this path')
    .option('--csv', 'print CSV, for spreadsheets')
    .example('velocity top', 'the busiest paths of the last hour')
    .example('velocity top backend --order errors --since 24h', 'the backends with the most errors of a day')
    .example('velocity top client --dropped rate_limited', 'whom the rate limits refused')
    .example('velocity top path --since 7d -n 1000 --csv > paths.csv', 'for a spreadsheet')
    .action(async (dimension: string, flags: TopFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showTop } = await import('../commands/top.command.js');
        return showTop(session, dimension, flags);
      }),
    );
}
