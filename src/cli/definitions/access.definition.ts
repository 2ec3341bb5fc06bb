import { Option } from 'commander';
import type { AuditFlags } from '../commands/audit.command.js';
import type { TokenFlags } from '../commands/token.command.js';
import { durationText, moment, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const MAX_RECORDS = 100_000;

export function addToken(program: VelocityCommand): void {
  const token = program
    .command('token')
    .description('make, list and revoke tokens of the admin API')
    .detail(
      'Roles: viewer reads; operator also changes services; admin also makes tokens and sees the audit log.',
    )
    .example('velocity token create ci-deploy --role operator --expires 90d > ci.token', '')
    .example('velocity token revoke ci-deploy', '');
  token
    .command('create')
    .description('make a token; standard output is the token and nothing else')
    .argument('<name>', 'whose it is: author of revisions, actor of the audit log')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['viewer', 'operator', 'admin'])
        .makeOptionMandatory(),
    )
    .option(
      '--expires <duration>',
      'how long it is valid, such as 30d (default: until it is revoked)',
      durationText,
    )
    .example('velocity token create ci-deploy --role operator --expires 90d > ci.token', '')
    .action(async (name: string, flags: TokenFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { createToken } = await import('../commands/token.command.js');
        return createToken(session, name, flags);
      }),
    );
  addTokenList(token);
}

function addTokenList(token: VelocityCommand): void {
  token
    .command('list')
    .description('all tokens, without their secrets')
    .example('velocity token list', '')
    .action(async (_flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { listTokens } = await import('../commands/token.command.js');
        return listTokens(session);
      }),
    );
  token
    .command('revoke')
    .description('let nobody in with a token any more')
    .argument('<token>', 'its name, its id or the beginning of it')
    .example('velocity token revoke ci-deploy', '')
    .action(async (text: string, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { revokeToken } = await import('../commands/token.command.js');
        return revokeToken(session, text);
      }),
    );
  token
    .command('whoami')
    .description('whose token this command is called with, and what it may do')
    .example('velocity token whoami', '')
    .action(async (_flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showCaller } = await import('../commands/token.command.js');
        return showCaller(session);
      }),
    );
}

export function addAudit(program: VelocityCommand): void {
  program
    .command('audit')
    .description('show who changed what, and who was refused, the newest last')
    .option('-n, --limit <count>', 'how many of the newest', wholeNumber(1, MAX_RECORDS), 50)
    .option('--actor <name>', 'only this token, or this configuration file')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['done', 'refused', 'failed']))
    .option('--action <prefix>', 'only actions that begin so, such as "DELETE /api/v1/services"')
    .option('--since <time>', 'from then on: 15m (ago), or ISO 8601 such as 2026-05-01T12:00:00Z', moment)
    .option('--until <time>', 'before then, in the same forms', moment)
    .detail('With --json each record is one line of JSON. Needs the role admin.')
    .example('velocity audit --outcome refused --since 1d', 'who was not let')
    .example('velocity audit --actor ci-deploy', '')
    .action(async (flags: AuditFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showAudit } = await import('../commands/audit.command.js');
        return showAudit(session, flags);
      }),
    );
}

export function addBalancers(program: VelocityCommand): void {
  program
    .command('balancers')
    .description('show the balancers that share the registry')
    .detail('The one that answers has a star. A revision in yellow is behind the newest.')
    .example('velocity balancers', '')
    .action(async (_flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { listBalancers } = await import('../commands/balancers.command.js');
        return listBalancers(session);
      }),
    );
}
