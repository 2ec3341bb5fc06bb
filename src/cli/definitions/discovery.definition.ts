import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export function addDiscovery(program: VelocityCommand): void {
  program
    .command('discovery')
    .description('show where backends are found that are not typed in, and what became of them')
    .argument('[service]', 'only what was found for this one')
    .detail('A conflict: there is a backend with the same URL that somebody else brought; it stays as it is.')
    .example('velocity discovery', '')
    .example('velocity discovery shop --json', '')
    .action(async (service: string | undefined, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showDiscovery } = await import('../commands/discovery.command.js');
        return showDiscovery(session, service);
      }),
    );
}
