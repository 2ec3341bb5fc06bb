/** `npm run fuzz -- --minutes 5 --seed 7 --lane wire`: the differential fuzzer of `test/fuzz/`, for as long as wanted. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, nodeBinary, root, toolEnvironment } from './setup.mjs';

const HELP = `npm run fuzz -- [OPTIONS]

Sends mutated requests and responses through the balancer, and checks that everybody reads them alike: we, the backend
or client on the other side by Node's parser in strict and in lenient mode, and a second reading straight from RFC 9112.
Prints each finding with its seed, its bytes and the smallest input that shows it. Exits with 1 when there is any.

  --minutes N   how long, in all (default 1)
  --trials N    how many of each kind instead; with --seed of a finding, --trials 1 repeats it
  --seed N      where to start; the trial after is seed N + 1 (default: of the clock, printed)
  --lane NAME   one lane only (default: http and wire)
  --only WHAT   requests, responses or parsers
`;

const KINDS = ['requests', 'responses', 'parsers'];

function fail(message) {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

function optionsOf(args) {
  const text = { type: 'string' };
  try {
    return parseArgs({
      args,
      options: { minutes: text, trials: text, seed: text, lane: text, only: text, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function numberOf(name, value) {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0 || value === '')
    fail(`--${name} takes a number, not "${value}".`);
  return number;
}

const options = optionsOf(process.argv.slice(2));
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
if (options.only !== undefined && !KINDS.includes(options.only)) {
  fail(`--only takes ${KINDS.join(', ')}, not "${options.only}".`);
}
ensureInstalled();

const seed = options.seed === undefined ? Date.now() % 1_000_000_000 : numberOf('seed', options.seed);
const kinds = options.only === undefined ? KINDS : [options.only];
const minutes = numberOf('minutes', options.minutes ?? '1');
const environment = { VELOCITY_FUZZ_SEED: String(seed) };
if (options.trials !== undefined)
  environment.VELOCITY_FUZZ_TRIALS = String(numberOf('trials', options.trials));
else environment.VELOCITY_FUZZ_MINUTES = String(minutes / kinds.length);
if (options.lane !== undefined) environment.VELOCITY_FUZZ_LANE = options.lane;

console.log(`fuzz: seed ${seed}`);
const done = spawnSync(
  nodeBinary,
  [
    path.join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project=e2e',
    '--no-file-parallelism',
    '--disable-console-intercept=true',
    '--testNamePattern=mutated',
    ...kinds.map((kind) => `test/fuzz/${kind}.spec.ts`),
  ],
  { cwd: root, env: { ...toolEnvironment(), ...environment }, stdio: 'inherit' },
);
process.exit(done.status === 0 ? 0 : 1);
