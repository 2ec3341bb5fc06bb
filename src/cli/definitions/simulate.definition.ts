import { InvalidArgumentError, Option } from 'commander';
import { collected, durationText, moment, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { SimulateFlags } from '../simulate/simulate.flags.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

const MOST_COPIES = 1_000;
const MOST_WAITING = 100_000;
const LARGEST_LOAD = 1e9;

export function addSimulate(program: VelocityCommand): void {
  const command = program
    .command('simulate')
    .description('show what a load would do to a service that scales: backends, latency and cost')
    .argument('[trace]', 'file with the load, lines `seconds,load` or JSON lines; - is standard input');
  modelOptions(loadOptions(settingOptions(command)))
    .option('--svg <file>', 'also write the picture to a file')
    .detail(
      'The decisions are made by the code that decides live; the service is a model, in which each request takes the same time. The settings are those of a service in a file (--config), of a running balancer (--service), or of the options alone, which change what the other two say. With --json the result is one object with each interval and each decision. See docs/autoscaling.md.',
    )
    .example(
      'velocity simulate --step 10,500,10 --load inFlight --target inFlight=20 --max 30',
      'a load that jumps and falls',
    )
    .example('velocity simulate load.csv --config config/velocity.yml --service shop', 'a recorded load')
    .example(
      'velocity simulate --service shop --from-log --since 1d --set down.stabilisation=1m --svg shop.svg',
      'yesterday, had the setting been another',
    )
    .action(async (file: string | undefined, flags: SimulateFlags, own: VelocityCommand) =>
      execute(globalFlagsOf(own), async (session) => {
        const { runSimulate } = await import('../commands/simulate.command.js');
        return runSimulate(session, file, flags);
      }),
    );
}

function settingOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option('--service <name>', 'whose settings: of --config, else of the running balancer')
    .option('-c, --config <file>', 'configuration file with the service')
    .option('--min <count>', 'fewest backends', wholeNumber(0, MOST_COPIES))
    .option('--max <count>', 'most backends', wholeNumber(1, MOST_COPIES))
    .option(
      '--target <metric=value>',
      'such as inFlight=20, requestsPerSecond=100, queue=5, p95=200ms, cpu=70%; repeatable',
      collected,
    )
    .option(
      '--set <key=value>',
      'any other key of `scaling`, such as down.stabilisation=1m or up.step=off; repeatable',
      collected,
    );
}

function loadOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option('--constant <load>', 'a load that stays', (text: string) => loads(text, 1))
    .option('--step <loads>', 'loads one after the other, each for an equal time, such as 10,500,10', loads)
    .option('--sine <low,high>', 'a load in waves', loads)
    .option('--from-log', 'what the running balancer saw, from its scaling log; needs --service')
    .option('--since <time>', 'with --from-log: from then on, 15m (ago) or ISO 8601', moment, '-1h')
    .option('--until <time>', 'with --from-log: before then, in the same forms', moment)
    .addOption(
      new Option(
        '--load <kind>',
        'what the load is (default: what the file says, else requestsPerSecond)',
      ).choices(['requestsPerSecond', 'inFlight']),
    )
    .option(
      '--for <duration>',
      'how long the load lasts (default: as long as the file, else 10m)',
      durationText,
    )
    .option('--period <duration>', 'with --sine: of one wave (default: the whole time)', durationText)
    .option('--begin <time>', 'ISO 8601, for schedules (default: 2026-01-05T00:00:00Z, a Monday)');
}

function modelOptions(command: VelocityCommand): VelocityCommand {
  return command
    .option('--service-time <duration>', 'how long a backend works on a request', durationText, '100ms')
    .option(
      '--start-time <duration>',
      'from a decision until a new backend takes requests',
      durationText,
      '2s',
    )
    .option(
      '--max-in-flight <count>',
      'requests at a time per backend (default: `maxInFlightPerBackend`, else any number)',
      wholeNumber(1, MOST_WAITING),
    )
    .option(
      '--queue-size <count>',
      'requests that may wait (default: as the service says, else any number)',
      wholeNumber(0, MOST_WAITING),
    )
    .option('--price <amount>', 'of one backend for one hour', price);
}

function loads(text: string, most?: unknown): readonly number[] {
  const values = text.split(',').map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : Number.NaN));
  const isFine = values.every((value) => value <= LARGEST_LOAD);
  if (isFine && (typeof most !== 'number' || values.length <= most)) return values;
  throw new InvalidArgumentError(
    most === 1
      ? 'Write a number from 0.'
      : 'Write numbers from 0 with commas between them, such as 10,500,10.',
  );
}

function price(text: string): number {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write an amount such as 0.12.');
}
