import { InvalidArgumentError, Option } from 'commander';
import type { ApplyFlags } from '../commands/apply.command.js';
import type { PlanFlags } from '../commands/plan.command.js';
import { durationText, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const MAX_REPLAY = 50_000;
const MAX_REVISIONS = 100_000;
const FILE_MEANING = 'configuration file, or - for standard input; what only a start reads is passed over';

export function addPlan(program: VelocityCommand): void {
  planOptions(program.command('plan'))
    .description('show what a configuration would change, without changing anything')
    .argument('<file>', FILE_MEANING)
    .detail(
      'The newest exchanges of the access log are decided anew, by the code that serves, and the difference is shown: which move to another service, which would be refused.',
    )
    .example('velocity plan config/velocity.yml', '')
    .example(
      'velocity plan new.yml --mode replace --patch',
      'exactly this state, with the difference of the text',
    )
    .action(async (file: string, flags: PlanFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showPlan } = await import('../commands/plan.command.js');
        return showPlan(session, file, flags);
      }),
    );
}

export function addApply(program: VelocityCommand): void {
  guardOptions(planOptions(program.command('apply')))
    .description('apply a configuration: shows the plan, asks on a terminal, and can guard the change')
    .argument('<file>', FILE_MEANING)
    .detail(
      'With --guard the change is taken back by itself when errors or latency grow too much, or when nobody confirms it in time; the command waits for that and ends with 1 when it was taken back.',
    )
    .example('velocity apply config/velocity.yml', '')
    .example('velocity apply new.yml --guard 60s', 'watch it for a minute, then keep it or lose it')
    .example('velocity apply new.yml --yes --guard 5m --confirmation auto --note "release 42"', 'for scripts')
    .action(async (file: string, flags: ApplyFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { applyFile } = await import('../commands/apply.command.js');
        return applyFile(session, file, flags);
      }),
    );
}

export function addRollback(program: VelocityCommand): void {
  guardOptions(replayOptions(program.command('rollback')))
    .description('go back to what a revision held; it is recorded as a new revision')
    .argument('<revision>', 'its number, from `velocity history`', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .example('velocity rollback 41', '')
    .example('velocity rollback 41 --guard 60s --note "42 was slow"', '')
    .action(async (revision: number, flags: ApplyFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { rollBack } = await import('../commands/apply.command.js');
        return rollBack(session, revision, flags);
      }),
    );
}

export function addGuardVerdicts(program: VelocityCommand): void {
  program
    .command('confirm')
    .description('keep the change that is under guard')
    .option('--note <text>', 'why, for the history')
    .example('velocity confirm', '')
    .action(async ({ note }: { note?: string }, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { confirmGuard } = await import('../commands/guard.command.js');
        return confirmGuard(session, note);
      }),
    );
  program
    .command('revert')
    .description('take back the change that is under guard')
    .option('--note <text>', 'why, for the history')
    .example('velocity revert --note "customers complain"', '')
    .action(async ({ note }: { note?: string }, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { revertGuard } = await import('../commands/guard.command.js');
        return revertGuard(session, note);
      }),
    );
}

export function addHistory(program: VelocityCommand): void {
  program
    .command('history')
    .description('show how the configuration came to be, the newest revision first')
    .option('-n, --limit <count>', 'how many revisions', wholeNumber(1, MAX_REVISIONS), 20)
    .example('velocity history', '')
    .example('velocity history --limit 5 --json', 'with all changes of each')
    .action(async ({ limit }: { limit: number }, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showHistory } = await import('../commands/history.command.js');
        return showHistory(session, limit);
      }),
    );
}

export function addDiff(program: VelocityCommand): void {
  program
    .command('diff')
    .description('show in what revisions, or a file and what runs, differ')
    .argument(
      '[file-or-revision]',
      'file, number of a revision, or `current`; omitted: what runs and the revision before',
    )
    .argument('[revision]', 'the later one')
    .example('velocity diff', 'the last change')
    .example('velocity diff 41', 'what revision 41 changed')
    .example('velocity diff 38 current', 'everything since revision 38')
    .example('velocity diff config/velocity.yml', 'what applying the file would change')
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        _flags: object,
        command: VelocityCommand,
      ) =>
        execute(globalFlagsOf(command), async (session) => {
          const { showDifference } = await import('../commands/diff.command.js');
          const names = [first, second].filter((name): name is string => name !== undefined);
          return showDifference(session, names);
        }),
    );
}

function planOptions(command: VelocityCommand): VelocityCommand {
  command.addOption(
    new Option(
      '--mode <mode>',
      'merge: what changed in the file since it was last applied; replace: exactly what the file says',
    ).choices(['merge', 'replace']),
  );
  return replayOptions(command);
}

function replayOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option(
      '--replay <count>',
      'how many recorded exchanges to decide anew, 0: none (default: 10000)',
      wholeNumber(0, MAX_REPLAY),
    )
    .option('--patch', 'show also the difference of the text');
}

function guardOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option('--guard <duration>', 'how long it has to prove itself, such as 60s', durationText)
    .addOption(
      new Option(
        '--confirmation <how>',
        'manual: somebody must confirm; auto: it stays when traffic is well',
      ).choices(['manual', 'auto']),
    )
    .option('--max-error-increase <share>', 'by how much the share of 5xx may grow (default: 5%)', share)
    .option('--max-latency-factor <factor>', 'how many times as long p99 may become (default: 2)', factor)
    .option('--note <text>', 'why, for the history')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'with --guard: return at once, and leave it under guard');
}

function share(text: string): string {
  if (/^\d{1,3}(?:\.\d{1,2})?%$/.test(text)) return text;
  throw new InvalidArgumentError('Write a share such as 5%.');
}

function factor(text: string): number {
  const value = /^\d{1,3}(?:\.\d{1,2})?$/.test(text) ? Number(text) : 0;
  if (value >= 1) return value;
  throw new InvalidArgumentError('Write a number of at least 1, such as 2 or 1.5.');
}
