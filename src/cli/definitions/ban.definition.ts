import { Option } from 'commander';
import type { BanFlags, BanListFlags } from '../commands/ban.command.js';
import { durationText } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export function addBan(program: VelocityCommand): void {
  program
    .command('ban')
    .description('keep addresses or networks out for a time')
    .argument('[network...]', 'addresses and CIDR blocks, IPv4 or IPv6')
    .option('--for <duration>', 'how long, such as 1h (default: until they are lifted)', durationText)
    .option('--note <text>', 'why')
    .option(
      '--file <file>',
      'also those of this file, one per line (# begins a comment); - is standard input',
    )
    .option('--shadow', 'keep nobody out: log and count what would be')
    .option('--force', 'also what holds trusted proxies, this machine or very many addresses')
    .detail(
      'A network that is banned already is banned for longer, never for shorter: for that, unban it first.',
    )
    .example('velocity ban 203.0.113.7 --for 1h --note "guesses passwords"', '')
    .example('velocity ban 2001:db8:7::/64 198.51.100.0/24 --shadow', 'see first what it would do')
    .example('velocity ban --file scanners.txt --for 7d', '')
    .action(async (networks: string[], flags: BanFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { banNetworks } = await import('../commands/ban.command.js');
        return banNetworks(session, networks, flags);
      }),
    );
  program
    .command('unban')
    .description('lift bans')
    .argument('<network...>', 'as they are banned, in any spelling')
    .example('velocity unban 203.0.113.7', '')
    .action(async (networks: string[], _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { unbanNetworks } = await import('../commands/ban.command.js');
        return unbanNetworks(session, networks);
      }),
    );
}

export function addBans(program: VelocityCommand): void {
  const bans = program
    .command('bans')
    .description('show who is kept out for a time, and why')
    .example('velocity bans', 'all of them')
    .example('velocity bans check 203.0.113.7', 'what happens to requests of an address');
  bans
    .command('list', { isDefault: true })
    .description('the bans that apply, the newest last')
    .option('--address <address>', 'only those that hold this address')
    .option('--cidr <network>', 'only those within this network')
    .addOption(new Option('--origin <origin>', 'only those').choices(['api', 'rule']))
    .action(async (flags: BanListFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { listBans } = await import('../commands/ban.command.js');
        return listBans(session, flags);
      }),
    );
  bans
    .command('check')
    .description('what happens to requests of an address, and why; ends with 1 when they are refused')
    .argument('<address>', 'the client address')
    .example('velocity bans check 203.0.113.7', '')
    .action(async (address: string, _flags: object, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { checkAddress } = await import('../commands/ban.command.js');
        return checkAddress(session, address);
      }),
    );
}
