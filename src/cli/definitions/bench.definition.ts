import type { BenchFlags } from '../bench/load.plan.js';
import { collected, durationText, wholeNumber } from '../options.js';
import { execute } from '../session.js';
import type { VelocityCommand } from '../velocity.command.js';
import { globalFlagsOf } from './global.options.js';

export function addBench(program: VelocityCommand): void {
  program
    .command('bench')
    .standalone()
    .description('put load on a URL and show how it bears it')
    .argument('<url>', 'such as http://localhost:8000/path; without a scheme http is meant')
    .option('-c, --connections <count>', 'connections at a time', wholeNumber(1, 10_000), 125)
    .option(
      '-n, --requests <count>',
      'requests in all (default: 1000, unless -d is given)',
      wholeNumber(1, 1e9),
    )
    .option('-d, --duration <time>', 'for so long instead, such as 30s', durationText)
    .option('-p, --pipelining <count>', 'requests on the way on each connection', wholeNumber(1, 1_000), 1)
    .option('-m, --method <method>', 'request method (default: GET, with a body POST)')
    .option('-H, --header <line>', 'a header such as "Authorization: Bearer x"; repeatable', collected)
    .option('-b, --body <text>', 'body of each request')
    .option('-i, --input <file>', 'file with the body')
    .option('--rate <count>', 'at most so many requests a second in all', wholeNumber(1, 10_000_000))
    .option('--timeout <time>', 'how long an answer is waited for', durationText, '10s')
    .option('-y, --yes', 'do not ask, also when the target is another machine')
    .detail(
      'Exit code 1 when a request was not answered, or was answered with 400 and above. Ctrl-C ends it and shows what there is. With --json the result is one object: answered, refused (400 and above), unanswered with errors by kind, statuses, latencyUs and a histogram. Certificates of an https target are not verified.',
    )
    .example(
      'velocity bench http://localhost:8000/ -c 125 -n 1000',
      'a thousand requests over 125 connections',
    )
    .example('velocity bench localhost:8000/api -d 30s --rate 200', 'half a minute at 200 requests a second')
    .example(
      'velocity bench localhost:8000/orders -i order.json -H "Content-Type: application/json"',
      'POST of a file',
    )
    .example('velocity bench localhost:8000 --json | jq .latencyUs.p99', 'one number for a script')
    .action(async (url: string, flags: BenchFlags, command: VelocityCommand) =>
      execute(globalFlagsOf(command), async (session) => {
        const { runBench } = await import('../commands/bench.command.js');
        return runBench(session, url, flags);
      }),
    );
}
