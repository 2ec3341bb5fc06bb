import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export function addScaling(program: VelocityCommand): void {
  program
    .command('scaling')
    .description('show how many copies of services run, and why')
    .argument('[service]', 'only this service, with each of its copies')
    .detail(
      'A copy that is drained takes nothing new and ends when it is empty. On a balancer that does not decide, the state is standby.',
    )
    .example('velocity scaling', 'all services with scaling')
    .example('velocity scaling shop', 'one of them, copy by copy')
    .action(async (service: string | undefined, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showScaling } = await import('../commands/scaling.command.js');
        return showScaling(session, service);
      }),
    );
}
