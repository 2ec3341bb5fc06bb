import { Command } from 'commander';
import { processEnvironment } from '../common/config/source/environment.js';
import { StartHeap } from '../control-plane/start.heap.js';
import { ExitCode } from './exit-code.js';
import { readVersion } from './version.js';

/** The command line. Each command loads its code when it is called, so that `--help` and `validate` stay quick. */
export function buildProgram(): Command {
  const program = new Command('velocity')
    .description('A software HTTP load balancer: routes, balances, checks health and records every request.')
    .version(readVersion(), '-V, --version')
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.invalid);
    });
  addRun(program);
  addValidate(program);
  addTestServer(program);
  program
    .command('version')
    .description('print the version')
    .action(() => console.log(readVersion()));
  return program;
}

function addRun(program: Command): void {
  program
    .command('run')
    .description('run the balancer in the foreground until SIGINT or SIGTERM')
    .option('-c, --config <file>', 'configuration file', 'config/velocity.yml')
    .option('--demo', 'start a demo backend for every backend of the file on 127.0.0.1')
    .action(async (options: { config: string; demo?: boolean }) => {
      // Before the code is loaded: most of what the start allocates is that.
      const heap = new StartHeap([...process.execArgv, processEnvironment().NODE_OPTIONS ?? '']);
      heap.hold();
      const { runBalancer } = await import('./run.command.js');
      process.exitCode = await runBalancer({ config: options.config, demo: options.demo ?? false, heap });
    });
}

function addValidate(program: Command): void {
  program
    .command('validate')
    .description('check configuration files and show every error at once, with its line')
    .argument('[files...]', 'configuration files', ['config/velocity.yml'])
    .option('--json', 'print one JSON object instead of text')
    .action(async (files: string[], options: { json?: boolean }) => {
      const { runValidate } = await import('./validate.command.js');
      process.exitCode = await runValidate(files, { json: options.json ?? false }, process);
    });
}

function addTestServer(program: Command): void {
  program
    .command('test-server')
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
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const { runTestServer } = await import('./test-server.command.js');
      process.exitCode = await runTestServer(options, process);
    });
}
