import { Option } from 'commander';
import { ADMIN_STATES } from '../../common/contract/backend-states.js';
import { parseDuration } from '../../common/config/units/duration.js';
import type { AddFlags, BackendChange, ChangeFlags } from '../commands/backends.command.js';
import { durationText, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const NOTE = '--note <text>';
const NOTE_MEANING = 'why, for the history';
const MAX_WEIGHT = 1_000;

export function addServices(program: VelocityCommand): void {
  const services = program
    .command('services')
    .description('show services')
    .example('velocity services', 'all of them')
    .example('velocity services show shop', 'one, as it would stand in the file');
  services
    .command('list', { isDefault: true })
    .description('all services, with their routes')
    .action(async (_flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { listServices } = await import('../commands/services.command.js');
        return listServices(session);
      }),
    );
  services
    .command('show')
    .description('one service: its definition, and its backends')
    .argument('<service>', 'name of the service')
    .example('velocity services show shop', '')
    .action(async (name: string, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { showService } = await import('../commands/services.command.js');
        return showService(session, name);
      }),
    );
}

export function addBackends(program: VelocityCommand): void {
  const backends = program
    .command('backends')
    .description('show backends, add and remove them, drain them and take them back')
    .detail('A backend is named by its id, the beginning of it, its URL, host:port, or :port.')
    .example('velocity backends', 'all of them')
    .example('velocity backends drain shop :9002 --wait', 'until its server can be stopped')
    .example('velocity backends ready shop :9002', 'takes traffic again');
  addList(backends);
  addAdd(backends);
  addRemove(backends);
  addDrain(backends);
  addChange(backends, 'ready', 'let a backend take traffic (again)', { state: 'enabled' });
  addChange(backends, 'disable', 'let a backend take nothing, and do not probe it', { state: 'disabled' });
  addWeight(backends);
  addReturn(backends);
}

function addList(backends: VelocityCommand): void {
  backends
    .command('list', { isDefault: true })
    .description('all backends, or those of one service')
    .argument('[service]', 'name of the service')
    .example('velocity backends list shop', '')
    .action(async (service: string | undefined, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { listBackends } = await import('../commands/backends.command.js');
        return listBackends(session, service);
      }),
    );
}

function addAdd(backends: VelocityCommand): void {
  backends
    .command('add')
    .description('add a backend to a service')
    .argument('<service>', 'name of the service')
    .argument('<url>', 'URL, host:port, or :port for this machine')
    .option(
      '--weight <weight>',
      'share of the traffic, relative to the others (default: 1)',
      wholeNumber(0, MAX_WEIGHT),
    )
    .option('--backup', 'used only while no other one is available')
    .option('--group <group>', 'its group, where the service is split')
    .addOption(new Option('--state <state>', 'admin state to begin with').choices(ADMIN_STATES))
    .option(NOTE, NOTE_MEANING)
    .example('velocity backends add shop http://10.0.0.9:8080 --weight 2', '')
    .action(async (service: string, address: string, flags: AddFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { addBackend } = await import('../commands/backends.command.js');
        return addBackend(session, service, address, flags);
      }),
    );
}

function addRemove(backends: VelocityCommand): void {
  place(backends.command('remove'))
    .description('remove a backend: it takes nothing new, what runs there finishes')
    .option(NOTE, NOTE_MEANING)
    .example('velocity backends remove shop http://10.0.0.9:8080', '')
    .action(async (service: string, backend: string, flags: ChangeFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { removeBackend } = await import('../commands/backends.command.js');
        return removeBackend(session, service, backend, flags.note);
      }),
    );
}

function addDrain(backends: VelocityCommand): void {
  place(backends.command('drain'))
    .description('let a backend finish what it has, and give it nothing new')
    .option('--wait', 'return when nothing runs there any more')
    .option('--timeout <duration>', 'with --wait: fail when it takes longer', durationText, '10m')
    .option(NOTE, NOTE_MEANING)
    .example('velocity backends drain shop :9002 --wait && systemctl stop shop-2', '')
    .action(async (service: string, backend: string, flags: DrainFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { changeBackend } = await import('../commands/backends.command.js');
        const timeoutMs = parseDuration(flags.timeout) ?? 0;
        return changeBackend(session, { service, backend }, { state: 'draining' }, { ...flags, timeoutMs });
      }),
    );
}

interface DrainFlags extends ChangeFlags {
  readonly timeout: string;
}

function addChange(
  backends: VelocityCommand,
  name: string,
  description: string,
  change: BackendChange,
): void {
  place(backends.command(name))
    .description(description)
    .option(NOTE, NOTE_MEANING)
    .example(`velocity backends ${name} shop :9002`, '')
    .action(async (service: string, backend: string, flags: ChangeFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { changeBackend } = await import('../commands/backends.command.js');
        return changeBackend(session, { service, backend }, change, flags);
      }),
    );
}

type WeightArguments = [string, string, number, ChangeFlags, VelocityCommand];

function addWeight(backends: VelocityCommand): void {
  place(backends.command('weight'))
    .description('change the share of the traffic that a backend takes')
    .argument(
      '<weight>',
      'relative to the others, 0 to 1000; 0: nothing new, but still probed',
      wholeNumber(0, MAX_WEIGHT),
    )
    .option(NOTE, NOTE_MEANING)
    .example('velocity backends weight shop :9002 5', '')
    .action(async (...[service, backend, weight, flags, command]: WeightArguments) =>
      execute(globalFlagsOf(command), async (session) => {
        const { changeBackend } = await import('../commands/backends.command.js');
        return changeBackend(session, { service, backend }, { weight }, flags);
      }),
    );
}

function addReturn(backends: VelocityCommand): void {
  backends
    .command('return')
    .description(
      'end the ejection of a backend and close its circuit breaker; without one, of the whole service',
    )
    .argument('<service>', 'name of the service')
    .argument(
      '[backend]',
      'id, the beginning of it, URL, host:port, or :port; omitted: all, and the service itself',
    )
    .example('velocity backends return shop :9002', '')
    .example('velocity backends return shop', 'everything that live traffic took out')
    .action(async (service: string, backend: string | undefined, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { returnBackend } = await import('../commands/backends.command.js');
        return returnBackend(session, service, backend);
      }),
    );
}

function place(command: VelocityCommand): VelocityCommand {
  return command
    .argument('<service>', 'name of the service')
    .argument('<backend>', 'id, the beginning of it, URL, host:port, or :port') as VelocityCommand;
}
