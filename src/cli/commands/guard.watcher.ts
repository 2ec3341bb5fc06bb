import type { GuardOutcome, GuardStatus, WatchedGuard } from '../../modules/changes/index.js';
import type { Guard } from '../../modules/registry/index.js';
import type { AdminClient } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import type { Session } from '../session.js';
import { count, counted, duration, localTime, percent } from '../terminal/amounts.js';
import { KeyListener } from '../terminal/key.listener.js';
import { LiveArea } from '../terminal/live-area.js';
import { visible } from '../terminal/visible-text.js';

const LOOK_MS = 500;

/** How a guarded change ended, as far as this balancer knows. */
export interface GuardEnd {
  readonly verdict: 'confirmed' | 'reverted' | 'unknown' | 'left';
  /** null: another balancer settled it, or nobody waited for the end. */
  readonly outcome: GuardOutcome | null;
}

/**
 * Watches a guarded change to its end: shows the numbers since the change beside those before it, and on a terminal lets
 * somebody keep it or take it back by a key. Ctrl-C leaves it under guard.
 */
export class GuardWatcher {
  private readonly client: AdminClient;
  private readonly area: LiveArea;
  private readonly interruption = Interruption.begin();

  constructor(
    private readonly session: Session,
    private readonly guard: Guard,
  ) {
    this.client = session.client;
    this.area = new LiveArea(session.streams.stderr);
  }

  async watch(): Promise<GuardEnd> {
    const { terminal, streams } = this.session;
    const keys = terminal.isInteractive ? new KeyListener(streams.stdin) : null;
    if (keys === null) this.sayHow();
    try {
      for (;;) {
        const status = await this.look();
        if (status !== null && status.guard?.revision !== this.guard.revision) return this.endOf(status);
        if (status?.guard && terminal.isInteractive) this.area.draw(this.lines(status.guard));
        await Promise.race([this.interruption.pause(LOOK_MS), ...(keys === null ? [] : [keys.pressed()])]);
        const key = keys?.take() ?? '';
        if (this.interruption.isAsked || key === '\u0003') return { verdict: 'left', outcome: null };
        if (key === 'y') await this.settle(ROUTES.confirm);
        if (key === 'n') await this.settle(ROUTES.revert);
      }
    } finally {
      keys?.close();
      this.area.end();
      this.interruption.end();
    }
  }

  /** null: the balancer does not answer just now; the guard lives on in the store. */
  private async look(): Promise<GuardStatus | null> {
    try {
      return await this.client.get<GuardStatus>(ROUTES.guard);
    } catch (error) {
      if (error instanceof CommandFailure && error.code === 'UNREACHABLE') return null;
      throw error;
    }
  }

  private endOf({ outcomes }: GuardStatus): GuardEnd {
    const outcome = outcomes.find(({ revision }) => revision === this.guard.revision) ?? null;
    return { verdict: outcome?.verdict ?? 'unknown', outcome };
  }

  /** The other way may have been taken in the same moment: then the next look shows it. */
  private async settle(route: string): Promise<void> {
    try {
      await this.client.send('POST', route);
    } catch (error) {
      if (!(error instanceof CommandFailure) || error.code !== 'GUARD_NOT_FOUND') throw error;
    }
  }

  private sayHow(): void {
    const { revision, deadline, confirmation } = this.guard;
    const how =
      confirmation === 'manual'
        ? `\`velocity confirm\` keeps it; nobody does until ${localTime(deadline)}: it is taken back`
        : `it stays if traffic did not worsen until ${localTime(deadline)}`;
    this.session.terminal.say(`Revision ${revision} is under guard: ${how}.`);
  }

  private lines({ revision, secondsLeft, confirmation, now, baseline, services }: WatchedGuard): string[] {
    const { paintMessage: paint } = this.session.terminal;
    const question = confirmation === 'manual' ? 'Keep it? ' : '';
    return [
      paint('bold', `Revision ${revision} is under guard, ${duration(secondsLeft * 1_000)} left`),
      `  since  ${numbersOf(now)}`,
      `  before ${numbersOf(baseline)}`,
      ...services
        .slice(0, 5)
        .map(
          (one) => `  ${visible(one.service)}: ${numbersOf(one.now)} (before: ${numbersOf(one.baseline)})`,
        ),
      `${question}${paint('bold', 'y')} keeps it, ${paint('bold', 'n')} takes it back, Ctrl-C leaves it under guard`,
    ];
  }
}

/** Says how it ended. Resolves with the exit code: what was taken back is not done. */
export function reportEnd({ terminal }: Session, guard: Guard, { verdict, outcome }: GuardEnd): number {
  const { revision, previous } = guard;
  const numbers =
    outcome === null ? '' : ` In between: ${numbersOf(outcome)}; before: ${numbersOf(outcome.baseline)}.`;
  switch (verdict) {
    case 'confirmed':
      terminal.say(
        `${terminal.paintMessage('green', `Revision ${revision} stays`)}: ${visible((outcome?.why ?? '').replace(/\.$/, ''))}.${numbers}`,
      );
      return ExitCode.ok;
    case 'reverted':
      terminal.say(
        `${terminal.paintMessage('red', `Revision ${revision} was taken back to ${previous}`)}: ${visible((outcome?.why ?? '').replace(/\.$/, ''))}.${numbers}`,
      );
      return ExitCode.failed;
    case 'unknown':
      terminal.say(
        `Revision ${revision} is no longer under guard; \`velocity history\` tells what became of it.`,
      );
      return ExitCode.failed;
    case 'left':
      terminal.say(
        `Revision ${revision} stays under guard until ${localTime(guard.deadline)}: \`velocity confirm\` keeps it, \`velocity revert\` takes it back.`,
      );
      return ExitCode.failed;
  }
}

function numbersOf({ requests, errors, share, p99Ms }: WatchedGuard['now']): string {
  return `${counted(requests, 'request')}, ${count(errors)} with 5xx (${percent(share)}), p99 ${p99Ms < 10 ? p99Ms.toFixed(1) : count(p99Ms)} ms`;
}
