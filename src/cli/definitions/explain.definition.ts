import type { ExplainFlags } from '../commands/explain.command.js';
import { collected } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export function addExplain(program: VelocityCommand): void {
  program
    .command('explain')
    .description('say why an exchange went the way it went, or what would become of one now')
    .argument('[request-id]', 'id of the request (its X-Request-Id), or of a record of the access log')
    .option('--host <host>', 'host that would be asked for')
    .option('--path <path>', 'path that would be asked for, with or without a query')
    .option('--ip <address>', 'address that the request would come from')
    .option('--method <method>', 'its method; GET unless given')
    .option('--header <field>', 'a header such as "X-Tenant: acme"; may be repeated', collected)
    .detail(
      'With a request id it tells a recorded exchange. With --ip, and --host and --path, it tells what would happen now: decided by the code that serves traffic, over a copy of its counters. Nothing is sent, and nothing is counted.',
    )
    .example('velocity explain 6a6f1c2e9d0b4c7f8e1d2c3b', 'why this exchange went where it went')
    .example(
      'velocity explain --host shop.example.com --path /cart --ip 192.0.2.7',
      'what would become of this request',
    )
    .example(
      'velocity explain --host shop.test --path / --ip 192.0.2.7 --header "X-Tenant: acme" --json',
      'the same with a header, for programs',
    )
    .action(async (id: string | undefined, flags: ExplainFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { explain } = await import('../commands/explain.command.js');
        return explain(session, id, flags);
      }),
    );
}
