import { DEFAULT_ADMIN, DEFAULT_TOKEN_FILE } from '../admin/admin.target.js';
import type { GlobalFlags } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';

/** What every command knows, before or after its name. */
export function addGlobalOptions(program: VelocityCommand): void {
  program
    .option(
      '--admin <url>',
      `admin API of the balancer (environment: VELOCITY_ADMIN; default: ${DEFAULT_ADMIN})`,
    )
    .option(
      '--token <token>',
      'token of the admin API; others see it in the list of processes, so better: VELOCITY_TOKEN or a file',
    )
    .option(
      '--token-file <file>',
      `file with the token (environment: VELOCITY_TOKEN_FILE; default: ${DEFAULT_TOKEN_FILE}, for a balancer on this machine)`,
    )
    .option('--ca <file>', 'authority to trust for an admin API with TLS (environment: VELOCITY_CA)')
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'no colours on a terminal (environment: NO_COLOR)');
}

/** The flags of a command with the global ones, wherever they were written. */
export function globalFlagsOf(command: VelocityCommand): GlobalFlags {
  return command.optsWithGlobals<GlobalFlags>();
}
