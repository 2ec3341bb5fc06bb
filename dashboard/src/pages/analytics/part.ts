import { rate } from '../../format/numbers';
import { clockTime, dayTime } from '../../format/times';
import { DAY_MS, type View } from './analytics-view';

/** What each part of the page is given. */
export interface PartProps {
  readonly view: View;
  /** How often it is asked again; 0: never. */
  readonly everyMs: number;
  readonly onChange: (change: View) => void;
  /** A stretch of a chart was selected. Unix milliseconds. */
  readonly onSelect: (fromMs: number, toMs: number) => void;
  /** Asks for less. */
  readonly onNarrow: () => void;
}

/** With the day where a time alone is not enough. */
export function timeFormatOf({ from, to }: { readonly from: number; readonly to: number }) {
  return to - from > DAY_MS ? dayTime : clockTime;
}

/** Per second: of little traffic two digits that say something. */
export function fineRate(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : rate(value);
}

export function pointWords(step: string | undefined): string {
  return step === undefined ? '' : `a point each ${step}`;
}
