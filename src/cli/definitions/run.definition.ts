import { Option } from 'commander';
import { ALGORITHM_NAMES } from '../../common/contract/snapshot.js';
import { processEnvironment } from '../../common/config/source/environment.js';
import { StartHeap } from '../../control-plane/start.heap.js';
import type { RunArguments } from '../commands/run.source.js';
import { collected, wholeNumber } from '../options.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export const DEFAULT_CONFIG = 'config/velocity.yml';

/** Options of `run` as commander gives them. */
export interface RunFlags extends Omit<RunArguments, 'defaultConfig'> {
  readonly demo?: boolean;
}

export function addRun(program: VelocityCommand): void {
  const command = program
    .command('run')
    .standalone()
    .description('run the balancer in the foreground until SIGINT or SIGTERM')
    .option('-c, --config <file>', `configuration file (default: ${DEFAULT_CONFIG})`)
    .option('--demo', 'start a demo backend for every backend on 127.0.0.1')
    .option(
      '--takeover',
      'take the listening sockets over from the balancer that runs with the same token file; that one finishes what it has begun, and ends',
    );
  addBackendOptions(command)
    .example('velocity run', `runs what ${DEFAULT_CONFIG} says, and every edit of it`)
    .example('velocity run --config my.yml', 'another file')
    .example(
      'velocity run --takeover',
      'replaces the one that runs, such as by a new version, without losing a connection',
    )
    .example(
      'velocity run --to :9001 --to :9002 --listen :8000',
      'no file at all: two backends of this machine',
    )
    .example(
      'velocity run --to http://10.0.0.7:8080 --to http://10.0.0.8:8080 --algorithm least-connections',
      '',
    )
    .action(async (flags: RunFlags) => {
      // Before the code is loaded: most of what the start allocates is that.
      const heap = new StartHeap([...process.execArgv, processEnvironment().NODE_OPTIONS ?? '']);
      heap.hold();
      const { runBalancer } = await import('../commands/run.command.js');
      process.exitCode = await runBalancer({ ...flags, defaultConfig: DEFAULT_CONFIG, heap });
    });
}

/** What describes a balancer without a file. */
function addBackendOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option(
      '--to <address>',
      'balance to this backend, with no file: URL, host:port or :port; repeatable',
      collected,
    )
    .option(
      '--listen <address>',
      'with --to: where traffic arrives, such as :8000 or 127.0.0.1:8000; repeatable',
      collected,
    )
    .addOption(
      new Option('--algorithm <name>', 'with --to: how a backend is picked').choices(ALGORITHM_NAMES),
    )
    .option('--host <name>', 'with --to: serve this host name only; repeatable', collected)
    .option('--health <path>', 'with --to: probe this path instead of just connecting')
    .option(
      '--admin-port <port>',
      'with --to: port of the admin API on 127.0.0.1 (default: 3000)',
      wholeNumber(0, 65_535),
    )
    .option(
      '--data <folder>',
      'with --to: keep token, changes and logs there; without it they go when the balancer ends',
    );
}

export function addValidate(program: VelocityCommand): void {
  program
    .command('validate')
    .standalone()
    .description('check configuration files and show every error at once, with its line')
    .argument('[files...]', 'configuration files', [DEFAULT_CONFIG])
    .example('velocity validate', `checks ${DEFAULT_CONFIG}`)
    .example('velocity validate --json a.yml b.yml', 'one JSON object with all errors, for programs')
    .action(async (files: string[], _flags: object, command: VelocityCommand) => {
      const { runValidate } = await import('../commands/validate.command.js');
      const { json = false, color = true } = globalFlagsOf(command);
      const { stdout, stderr } = process;
      process.exitCode = await runValidate(
        files,
        { json, color },
        { env: processEnvironment(), stdout, stderr },
      );
    });
}

export function addTestServer(program: VelocityCommand): void {
  program
    .command('test-server')
    .standalone()
    .description('run a small HTTP server to balance: answers with its name, port and in-flight count')
    .option(
      '-p, --port <ports>',
      'port, list (9101,9102) or range (9101-9109); 0: any free one (environment: PORT)',
    )
    .option('-d, --duration <seconds>', 'seconds to respond, fractions allowed (environment: DURATION)')
    .option('--host <address>', 'address to listen on (environment: HOST)')
    .option('--name <name>', 'name that answers carry (environment: NAME)')
    .option('--ready-json', 'print the ports as one line of JSON when listening')
    .option('--with-parent', 'end when standard input ends: no orphan when the parent dies')
    .example('velocity test-server --port 9001-9003', 'three servers in one process')
    .example('velocity test-server --port 9001 --duration 0.2', 'a slow one')
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const { runTestServer } = await import('../commands/test-server.command.js');
      process.exitCode = await runTestServer(options, process);
    });
}
