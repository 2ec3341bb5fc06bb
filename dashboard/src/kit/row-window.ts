import { type RefObject, useEffect, useLayoutEffect, useMemo, useState } from 'react';

/** Which rows are in the document: from `from` up to, without, `to`. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
  readonly has: (index: number) => boolean;
}

/** Rows kept ready beyond each edge. */
const SPARE = 8;
const FIRST_ROWS = 40;

/** The rows that a scrolling element shows, all of the same height. */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const [from, setFrom] = useState(0);
  const [shown, setShown] = useState(FIRST_ROWS);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) setShown(Math.ceil(element.clientHeight / rowHeight) + 1);
  }, [scroller, rowHeight, count]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      // In steps, so that not each pixel renders.
      setFrom(Math.floor(element.scrollTop / rowHeight / 4) * 4);
      setShown(Math.ceil(element.clientHeight / rowHeight) + 1);
    };
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rowHeight]);
  return useMemo(() => {
    const first = Math.max(0, Math.min(from, count - shown) - SPARE);
    const last = Math.min(count, from + shown + SPARE);
    return { from: first, to: last, has: (index) => index >= first && index < last };
  }, [from, shown, count]);
}
