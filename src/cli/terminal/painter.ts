import type { Environment } from '../../common/config/index.js';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Colour = keyof typeof CODES;
export type Painter = (colour: Colour, text: string) => string;

/** Leaves every text as it is. */
export const PLAIN: Painter = (_colour, text) => text;

const COLOURED: Painter = (colour, text) => (text === '' ? '' : `\u001b[${CODES[colour]}m${text}\u001b[0m`);

/** Colours only for people: on a terminal that has them, unless NO_COLOR or `--no-color` says otherwise. */
export function painterFor(stream: { readonly isTTY?: boolean }, env: Environment, isWanted = true): Painter {
  const hasColours = stream.isTTY === true && env['TERM'] !== 'dumb';
  return isWanted && hasColours && !env['NO_COLOR'] ? COLOURED : PLAIN;
}
