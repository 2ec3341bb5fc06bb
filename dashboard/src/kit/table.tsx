import { type CSSProperties, type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { classNames } from './class-names';
import { Icon } from './icon';
import styles from './table.module.css';
import { type RowWindow, useRowWindow } from './row-window';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** CSS grid track whose first pixels are its least width: `90px`, `minmax(120px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
  /** What rows are sorted by; without it the column cannot be. Texts sort as people count (`b2` before `b10`). */
  readonly sort?: (row: Row) => string | number;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Its title is for screen readers only, as of actions. */
  readonly quietTitle?: boolean;
}

export interface Sorting {
  readonly key: string;
  readonly isDown: boolean;
}

export interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** A row was clicked, or Enter pressed on it. */
  readonly onOpen?: (row: Row) => void;
  readonly initialSort?: Sorting;
  /** Height of each row in pixels. Default: 44. */
  readonly rowHeight?: number;
  /** Instead of rows when there are none. */
  readonly empty?: ReactNode;
  /** Grows with its rows, up to most of the window; then it scrolls. Default: true. false: as high as its place. */
  readonly grows?: boolean;
}

/** Any number of rows: only those in sight are in the document. Arrows, Home, End and Page keys move, Enter opens. */
export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, rowHeight = 44, initialSort, grows = true } = props;
  const [sorting, setSorting] = useState<Sorting | null>(initialSort ?? null);
  const sorted = useMemo(() => sortedBy(rows, columns, sorting), [rows, columns, sorting]);
  const scroller = useRef<HTMLDivElement>(null);
  const range = useRowWindow(scroller, sorted.length, rowHeight);
  if (rows.length === 0 && props.empty !== undefined) return props.empty;
  const tracks = {
    '--tracks': columns.map(({ width }) => width).join(' '),
    '--least': `${columns.reduce((sum, { width }) => sum + leastOf(width), 0)}px`,
    '--row': `${rowHeight}px`,
  };
  return (
    <div
      ref={scroller}
      className={classNames(styles.table, grows && styles.grows)}
      role="grid"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
      style={tracks as CSSProperties}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.row}>
          {columns.map((column) => (
            <Heading key={column.key} column={column} sorting={sorting} onSort={setSorting} />
          ))}
        </div>
      </div>
      <Rows {...props} rows={sorted} range={range} rowHeight={rowHeight} scroller={scroller} />
    </div>
  );
}

interface RowsProps<Row> extends TableProps<Row> {
  readonly range: RowWindow;
  readonly rowHeight: number;
  readonly scroller: React.RefObject<HTMLDivElement | null>;
}

function Rows<Row>({ columns, rows, rowKey, onOpen, range, rowHeight, scroller }: RowsProps<Row>) {
  const [active, setActive] = useState(0);
  const at = Math.min(active, rows.length - 1);
  const go = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') {
      // A dialog that opens has the focus at once: its button must not be pressed by the same key.
      event.preventDefault();
      return onOpen?.(rows[at]!);
    }
    const target = targetOf(event.key, at, rows.length);
    if (target === null) return;
    event.preventDefault();
    setActive(target);
    focusRow(scroller.current!, target, rowHeight);
  };
  return (
    <div role="rowgroup" className={styles.body} style={{ height: rows.length * rowHeight }}>
      {rows.slice(range.from, range.to).map((row, offset) => {
        const index = range.from + offset;
        return (
          <div
            key={rowKey(row)}
            role="row"
            data-row={index}
            aria-rowindex={index + 2}
            tabIndex={index === at || (offset === 0 && !range.has(at)) ? 0 : -1}
            className={classNames(styles.row, styles.data, onOpen && styles.opens)}
            style={{ transform: `translateY(${index * rowHeight}px)` }}
            onFocus={() => setActive(index)}
            onKeyDown={go}
            onClick={(event) => isPlainClick(event.target) && onOpen?.(row)}
          >
            {columns.map((column) => (
              <div
                key={column.key}
                role="gridcell"
                className={classNames(styles.cell, column.isNumber && styles.number)}
              >
                {column.cell(row)}
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | null;
  readonly onSort: (sorting: Sorting) => void;
}

function Heading<Row>({ column, sorting, onSort }: HeadingProps<Row>) {
  const { key, title, sort, isNumber = false, quietTitle } = column;
  const isSorted = sorting?.key === key;
  const names = classNames(styles.cell, isNumber && styles.number);
  if (!sort) {
    return (
      <div role="columnheader" className={names}>
        <span className={quietTitle ? 'visually-hidden' : undefined}>{title}</span>
      </div>
    );
  }
  // Of numbers the largest are looked for first.
  const next = { key, isDown: isSorted ? !sorting.isDown : isNumber };
  const direction = isSorted && (sorting.isDown ? 'descending' : 'ascending');
  return (
    <div role="columnheader" aria-sort={direction || 'none'} className={names}>
      <button type="button" className={styles.sort} onClick={() => onSort(next)}>
        {title}
        {isSorted && <Icon name={sorting.isDown ? 'down' : 'up'} size={13} />}
      </button>
    </div>
  );
}

function leastOf(track: string): number {
  return Number(/([\d.]+)px/.exec(track)?.[1] ?? 0);
}

const texts = new Intl.Collator('en', { numeric: true });

function sortedBy<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const sort = columns.find(({ key }) => key === sorting?.key)?.sort;
  if (!sort || !sorting) return rows;
  const sign = sorting.isDown ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(sort(a), sort(b)));
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : texts.compare(String(a), String(b));
}

const PAGE_ROWS = 10;

function targetOf(key: string, at: number, count: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE_ROWS,
    PageUp: at - PAGE_ROWS,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target));
}

/** Scrolls first: the row may not be in the document yet. */
function focusRow(scroller: HTMLElement, index: number, rowHeight: number): void {
  const head = scroller.querySelector<HTMLElement>(`.${styles.head}`)?.offsetHeight ?? 0;
  const top = index * rowHeight;
  const bottom = top + rowHeight + head;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = bottom - scroller.clientHeight;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => scroller.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus()),
  );
}

/** Not one on a button or link in the row, nor the end of a selection of text. */
function isPlainClick(target: EventTarget): boolean {
  const isControl =
    target instanceof Element && target.closest('a, button, input, select, [popover]') !== null;
  return !isControl && (getSelection()?.isCollapsed ?? true);
}
