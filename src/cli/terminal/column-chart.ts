import { count } from './amounts.js';
import type { Painter } from './painter.js';

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One column: filled up to `value`, hinted up to `beyond`. */
export interface ChartColumn {
  readonly value: number;
  /** Not below `value`. Default: the same. */
  readonly beyond?: number;
}

export interface ChartLook {
  readonly rows: number;
  /** How the value at an end of the scale is written. Default: as a number. */
  readonly label?: (value: number) => string;
  readonly paint: Painter;
}

const LABEL_COLUMNS = 8;

/** Lines of a picture, the scale from 0 to the highest column at its left. What is not nothing is never empty. */
export function chartLines(
  columns: readonly ChartColumn[],
  { rows, label = count, paint }: ChartLook,
): string[] {
  const most = columns.reduce((top, { value, beyond = value }) => Math.max(top, value, beyond), 0);
  const eighths = (value: number) =>
    most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, Math.round((value / most) * rows * 8));
  return Array.from({ length: rows }, (_, line) => {
    const below = (rows - 1 - line) * 8;
    const scale = line === 0 ? label(most) : line === rows - 1 ? label(0) : '';
    const cells = columns.map(({ value, beyond = value }) =>
      cell(eighths(value) - below, eighths(beyond) - below),
    );
    return `${paint('dim', `${scale.padStart(LABEL_COLUMNS)} ${line === rows - 1 ? '┴' : '┤'}`)}${painted(cells, paint)}`;
  });
}

/** Marks below a picture: its begin, its middle and its end. */
export function chartFoot(texts: readonly [string, string, string], columns: number, paint: Painter): string {
  const [begin, middle, end] = texts;
  const left = Math.max(0, Math.floor((columns - middle.length) / 2) - begin.length);
  const right = Math.max(1, columns - begin.length - left - middle.length - end.length);
  const line = `${begin}${' '.repeat(left)}${middle}${' '.repeat(right)}${end}`;
  return paint('dim', `${' '.repeat(LABEL_COLUMNS + 2)}${line}`);
}

/** Columns that a picture has beside its scale. */
export function chartColumns(width: number): number {
  return Math.max(20, width - LABEL_COLUMNS - 2);
}

function cell(filled: number, hinted: number): string {
  if (filled > 0) return EIGHTHS[Math.min(8, filled)]!;
  return hinted > 0 ? '░' : ' ';
}

/** Neighbours of one colour are painted at once. */
function painted(cells: readonly string[], paint: Painter): string {
  return cells
    .join('')
    .trimEnd()
    .replace(/░+|[▁▂▃▄▅▆▇█]+/g, (run) => paint(run.startsWith('░') ? 'yellow' : 'cyan', run));
}
