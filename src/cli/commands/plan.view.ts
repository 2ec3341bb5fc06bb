import { DROP_REASONS, type DropReason } from '../../common/contract/drop-reasons.js';
import type { Plan, ReplayReport } from '../../modules/changes/index.js';
import { count, counted, localTime } from '../terminal/amounts.js';
import type { Colour, Painter } from '../terminal/painter.js';
import type { Terminal } from '../terminal/terminal.js';
import { visible } from '../terminal/visible-text.js';

const MAX_CHANGES = 100;

/** What a change would do, for people. `withPatch`: also the difference of the text. */
export function printPlan(terminal: Terminal, plan: Plan, withPatch: boolean): void {
  const { paint } = terminal;
  if (plan.changes.length === 0) return terminal.print('Nothing would change.');
  terminal.print(paint('bold', `${counted(plan.changes.length, 'change')} of revision ${plan.base}`));
  for (const line of changeLines(plan.changes, paint)) terminal.print(`  ${line}`);
  if (withPatch) printPatch(terminal, plan.patch);
  for (const text of plan.notices) terminal.print(`${paint('yellow', 'notice')} ${visible(text)}`);
  if (plan.replay !== null) for (const line of replayLines(plan.replay, paint)) terminal.print(line);
}

export function changeLines(changes: readonly string[], paint: Painter, limit = MAX_CHANGES): string[] {
  const shown = changes.slice(0, limit).map((text) => paint(changeColour(text), visible(text)));
  const hidden = changes.length - shown.length;
  return hidden > 0 ? [...shown, `and ${counted(hidden, 'more change')}`] : shown;
}

function changeColour(change: string): Colour {
  if (/: added\b/.test(change)) return 'green';
  return /: removed\b/.test(change) ? 'red' : 'yellow';
}

/** A unified diff in the usual colours. */
export function printPatch(terminal: Terminal, patch: string): void {
  if (patch === '') return;
  for (const line of patch.trimEnd().split('\n')) {
    const colour = patchColour(line);
    terminal.print(colour === null ? visible(line) : terminal.paint(colour, visible(line)));
  }
}

function patchColour(line: string): Colour | null {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('===')) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : null;
}

/** What recent exchanges would have met. */
export function replayLines(replay: ReplayReport, paint: Painter): string[] {
  if (replay.total === 0) return ['The access log has no exchanges to replay.'];
  const period = `${localTime(replay.from)} to ${localTime(replay.to)}`;
  const lines = groupsOf(replay, paint);
  const what = lines.length === 0 ? 'stay as they are' : `: ${count(replay.unchanged)} stay as they are`;
  const title = `The last ${counted(replay.total, 'exchange')} (${period}) ${what}`.replace(') :', '):');
  return [
    paint('bold', title),
    ...lines.map((line) => `  ${line}`),
    ...shareLines(replay).map((line) => `  ${line}`),
    ...replay.undecided.map(
      ({ what: of, count: many, why }) =>
        `  ${paint('yellow', `${count(many)} undecided`)}${of === 'backend' ? ' as to the backend' : ''}: ${visible(why)}`,
    ),
    ...(replay.assumedHealthy > 0
      ? [`  ${counted(replay.assumedHealthy, 'new backend')} taken for healthy: no probe has said so yet`]
      : []),
  ];
}

function groupsOf(
  { moved, newlyDropped, noLongerDropped, droppedOtherwise }: ReplayReport,
  paint: Painter,
): string[] {
  return [
    ...moved.map(({ count: many, from, to, examples }) =>
      groupLine(paint('yellow', `${count(many)} move from ${from} to ${to}`), examples),
    ),
    ...newlyDropped.map(({ count: many, reason, from, examples }) =>
      groupLine(paint('red', `${count(many)} of ${from} become ${refusal(reason)}`), examples),
    ),
    ...noLongerDropped.map(({ count: many, reason, to, examples }) =>
      groupLine(paint('green', `${count(many)} that got ${refusal(reason)} go to ${to}`), examples),
    ),
    ...droppedOtherwise.map(({ count: many, from, to, examples }) =>
      groupLine(`${count(many)} change from ${refusal(from.reason)} to ${refusal(to.reason)}`, examples),
    ),
  ];
}

function groupLine(text: string, examples: ReplayReport['moved'][number]['examples']): string {
  const first = examples[0];
  return first === undefined
    ? text
    : `${text}, such as ${visible(`${first.method} ${first.host}${first.path}`)}`;
}

function refusal(reason: DropReason): string {
  return `${DROP_REASONS[reason].status} (${reason})`;
}

function shareLines({ shares }: ReplayReport): string[] {
  return shares.flatMap(({ service, algorithm, reassigned, backends }) => [
    `${service} (${algorithm}): ${counted(reassigned, 'exchange')} meet another backend`,
    ...backends.map(
      ({ url, before, after }) => `  ${url}  ${before === null ? '-' : count(before)} -> ${count(after)}`,
    ),
  ]);
}
