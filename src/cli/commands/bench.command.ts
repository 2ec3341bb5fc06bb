import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import net from 'node:net';
import { isLoopback } from '../../common/config/units/loopback.js';
import { type BenchFlags, type LoadPlan, readPlan } from '../bench/load.plan.js';
import { reportOf } from '../bench/load.report.js';
import { LoadRun } from '../bench/load.run.js';
import { printReport, progressLine } from '../bench/load.view.js';
import { CommandFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import type { Session } from '../session.js';
import { LiveArea } from '../terminal/live-area.js';
import type { Terminal } from '../terminal/terminal.js';

/** A line that is drawn again may change often; lines that stay say less. */
const DRAW_MS = 100;
const PRINT_MS = 2_000;
const CONNECT_MS = 10_000;

/** Puts load on a URL and says how it bore it. Resolves with 1 when requests were refused or not answered. */
export async function runBench(session: Session, target: string, flags: BenchFlags): Promise<number> {
  const { terminal } = session;
  const plan = await readPlan(target, flags);
  await mayLoad(terminal, plan, flags.yes === true);
  await reach(plan);
  const startedAt = Date.now();
  const run = new LoadRun(plan);
  const interruption = Interruption.begin();
  const isInterrupted = await follow(run, terminal, interruption);
  interruption.end();
  const report = reportOf(run, startedAt, isInterrupted);
  if (terminal.json) terminal.printJson(report);
  else printReport(terminal, report);
  return report.succeeded ? ExitCode.ok : ExitCode.failed;
}

/** Resolves with whether somebody interrupted it. */
async function follow(run: LoadRun, terminal: Terminal, interruption: Interruption): Promise<boolean> {
  const { stderr } = terminal.streams;
  const area = new LiveArea(stderr);
  const draw = () => area.draw([progressLine(run, terminal.paintMessage)]);
  const period = stderr.isTTY === true ? DRAW_MS : PRINT_MS;
  const timer = terminal.json ? undefined : setInterval(draw, period);
  interruption.signal.addEventListener('abort', () => run.stop());
  try {
    await run.finished();
    return interruption.isAsked;
  } finally {
    clearInterval(timer);
    area.clear();
  }
}

/** Load can bring a server down: what is not on this machine must be meant. */
async function mayLoad(terminal: Terminal, { url }: LoadPlan, isMeant: boolean): Promise<void> {
  if (isMeant || (await isHere(url))) return;
  const question = `${url.host} is not this machine. Put load on it?`;
  if (terminal.isInteractive) {
    if (await terminal.confirm(question)) return;
    throw new CommandFailure('Nothing was sent.', { code: 'NOT_CONFIRMED' });
  }
  throw new CommandFailure(`${url.host} is not this machine, and load can bring a server down.`, {
    exitCode: ExitCode.invalid,
    code: 'NOT_CONFIRMED',
    advice: ['Add --yes if you mean it.'],
  });
}

async function isHere({ hostname }: URL): Promise<boolean> {
  if (isLoopback(hostname)) return true;
  const addresses = await lookup(bare(hostname), { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ address }) => isLoopback(address));
}

/** Rejects when nobody is there: thousands of refused connections would say no more. */
async function reach({ url }: LoadPlan): Promise<void> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const socket = net.connect({ host: bare(url.hostname), port, timeout: CONNECT_MS });
  socket.once('timeout', () => socket.destroy(new Error(`no connection within ${CONNECT_MS / 1_000} s`)));
  try {
    await once(socket, 'connect');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(`${url.host} cannot be reached: ${WHY[code ?? ''] ?? (message || code)}.`, {
      code: 'UNREACHABLE',
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
};

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
