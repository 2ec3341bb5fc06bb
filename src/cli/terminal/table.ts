import type { Colour, Painter } from './painter.js';
import { cutTo, visible, widthOf } from './visible-text.js';

/** One column of a table, made from rows of any kind. */
export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** Numbers stand to the right. Default: left. */
  readonly align?: 'left' | 'right';
  readonly colour?: (row: T) => Colour | null;
  /** Gives way when the terminal is too narrow, down to this many columns. Default: it never does. */
  readonly shrinksTo?: number;
}

export interface TableLook {
  readonly paint: Painter;
  /** Columns of the terminal; 0: as wide as it becomes, for files and pipes. */
  readonly width: number;
}

const GAP = '  ';

/** Lines of an aligned table with a head; only the head when there are no rows. */
export function tableLines<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  { paint, width }: TableLook,
): string[] {
  const cells = rows.map((row) => columns.map((column) => visible(column.value(row))));
  const widths = fitted(
    columns,
    columns.map((column, index) =>
      cells.reduce((most, row) => Math.max(most, widthOf(row[index] as string)), widthOf(column.title)),
    ),
    width,
  );
  const line = (texts: readonly string[], colourOf: (index: number) => Colour | null) =>
    texts
      .map((text, index) => {
        const cell = cutTo(text, widths[index] as number);
        const colour = colourOf(index);
        const painted = colour === null ? cell : paint(colour, cell);
        const padding = ' '.repeat((widths[index] as number) - widthOf(cell));
        if (columns[index]?.align === 'right') return padding + painted;
        return index === texts.length - 1 ? painted : painted + padding;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      () => 'dim',
    ),
    ...cells.map((texts, row) => line(texts, (index) => columns[index]?.colour?.(rows[row] as T) ?? null)),
  ];
}

/** The widest columns that may shrink do so first, until the table fits or none can give more. */
function fitted<T>(columns: readonly Column<T>[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  if (width === 0) return widths;
  let excess = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1)) - width;
  for (; excess > 0; excess--) {
    const widest = widestShrinkable(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function widestShrinkable<T>(columns: readonly Column<T>[], widths: readonly number[]): number | null {
  let widest: number | null = null;
  for (const [index, { shrinksTo }] of columns.entries()) {
    const width = widths[index] as number;
    if (shrinksTo === undefined || width <= shrinksTo) continue;
    if (widest === null || width > (widths[widest] as number)) widest = index;
  }
  return widest;
}
