import { Argument } from 'commander';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { readVersion } from '../version.js';
import { globalFlagsOf } from './global.options.js';

export function addCompletion(program: VelocityCommand): void {
  program
    .command('completion')
    .standalone()
    .description('print what makes a shell complete these commands')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .example('source <(velocity completion bash)', 'in ~/.bashrc')
    .example('source <(velocity completion zsh)', 'in ~/.zshrc, after compinit')
    .example('velocity completion fish > ~/.config/fish/completions/velocity.fish', '')
    .action(async (shell: 'bash' | 'zsh' | 'fish', _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async ({ streams }) => {
        const { completionScript } = await import('../completion/index.js');
        streams.stdout.write(completionScript(shell, program));
      }),
    );
}

export function addVersion(program: VelocityCommand): void {
  program
    .command('version')
    .standalone()
    .description('print the version')
    .example('velocity version --json', 'with the version of Node that it runs on')
    .action(async (_flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async ({ terminal }) => {
        const version = readVersion();
        if (terminal.json) terminal.printJson({ version, node: process.versions.node });
        else terminal.print(version);
      }),
    );
}
