import type { DoctorFlags } from '../commands/doctor.command.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';
import { DEFAULT_CONFIG } from './run.definition.js';

export function addDoctor(program: VelocityCommand): void {
  program
    .command('doctor')
    .description('look for what is wrong: ports, backends, keep-alive, trust, store, clock, limits')
    .option('-c, --config <file>', `configuration file (default: ${DEFAULT_CONFIG})`)
    .option('--deep', 'also what takes long: every backend, idle connections (up to 20 s), a large store')
    .detail(
      'Works from the configuration file, from a running balancer, or both. It changes nothing; each backend gets one request for its health path, or for the head of `/`. Ends with 1 when there is a problem.',
    )
    .example('velocity doctor', 'before the first start, or when something is strange')
    .example('velocity doctor --deep --json', 'everything, for programs')
    .action(async (flags: Omit<DoctorFlags, 'defaultConfig'>, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { runDoctor } = await import('../commands/doctor.command.js');
        return runDoctor(session, { ...flags, defaultConfig: DEFAULT_CONFIG });
      }),
    );
}
