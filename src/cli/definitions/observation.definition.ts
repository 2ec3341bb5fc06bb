import type { LogFlags } from '../commands/logs.command.js';
import type { StatusFlags } from '../commands/status.command.js';
import { moment, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const MAX_RECORDS = 100_000;

export function addStatus(program: VelocityCommand): void {
  program
    .command('status')
    .description('show services, backends, and what they do now')
    .option('-w, --watch', 'draw it again every second, until Ctrl-C')
    .option('-s, --service <name>', 'only this service')
    .detail(
      'Rates, errors and latencies are those of the last second; errors count drops and responses of 500 and above.',
    )
    .example('velocity status', 'one look')
    .example('velocity status --watch --service shop', 'a live table of one service')
    .example('velocity status --json', 'everything for programs; with --watch one line every second')
    .action(async (flags: StatusFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showStatus } = await import('../commands/status.command.js');
        return showStatus(session, flags);
      }),
    );
}

export function addLogs(program: VelocityCommand): void {
  program
    .command('logs')
    .description('show exchanges from the access log, the newest last')
    .option('-f, --follow', 'go on with those that come, until Ctrl-C')
    .option('-n, --limit <count>', 'how many of the newest', wholeNumber(0, MAX_RECORDS), 50)
    .option('-s, --service <name>', 'only this service')
    .option('--backend <id>', 'only this backend, by its id')
    .option('--status <status>', 'a status, or a class such as 5xx')
    .option(
      '--dropped [reason]',
      'only what the balancer itself refused; with a reason such as no_backend, only that',
    )
    .option('--client <address>', 'only this client')
    .option('--path <prefix>', 'only paths that begin so')
    .option('--method <method>', 'only this method')
    .option('--request-id <id>', 'exactly this exchange')
    .option('--since <time>', 'from then on: 15m (ago), or ISO 8601 such as 2026-05-01T12:00:00Z', moment)
    .option('--until <time>', 'before then, in the same forms', moment)
    .detail('With --json each exchange is one line of JSON.')
    .example('velocity logs --follow --service shop', 'what happens at one service')
    .example('velocity logs --status 5xx --since 15m', 'what failed in the last quarter of an hour')
    .example('velocity logs --dropped no_backend --json | jq .path', 'paths that found no backend')
    .action(async (flags: LogFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showLogs } = await import('../commands/logs.command.js');
        return showLogs(session, flags);
      }),
    );
}
