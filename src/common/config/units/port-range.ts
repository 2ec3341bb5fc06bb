import { quoted } from './quoted.js';

const RANGE = /^(\d{1,5})-(\d{1,5})$/;
const LAST_PORT = 65_535;

/** Both inclusive. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Of a text such as `9200-9299`, or of one port; null when it is neither. */
export function parsePortRange(value: unknown): PortRange | null {
  if (typeof value === 'number') return rangeOf(value, value);
  const match = typeof value === 'string' ? RANGE.exec(value) : null;
  return match === null ? null : rangeOf(Number(match[1]), Number(match[2]));
}

/** How many ports it has. */
export function portCount({ from, to }: PortRange): number {
  return to - from + 1;
}

/** What is wrong with the text as a range of ports, and what to write instead; null when nothing is. */
export function portRangeProblem(text: string): string | null {
  if (parsePortRange(text) !== null) return null;
  return `${quoted(text)} is no range of ports: write the first and the last one, 1 to ${LAST_PORT}, such as 9200-9299`;
}

function rangeOf(from: number, to: number): PortRange | null {
  return from >= 1 && from <= to && to <= LAST_PORT ? { from, to } : null;
}
