import type { LaneKind } from '../support/lane.fixture.js';
import type { Lines } from './second-reading.js';

/**
 * Where a lane may read otherwise than the second reading, and why that is safe. Whatever is not here is a finding.
 * The HTTP lane reads with llhttp at its strictest; the wire lane with a parser of its own, which has no entry.
 */
export const KNOWN_DIFFERENCES = {
  /** Cases of the corpus that are unsound, but that a lane passes on. */
  passedOn: {
    'two blanks behind the method': 'llhttp skips blanks there; what is sent on has one',
    'two blanks before the version': 'llhttp skips blanks there; what is sent on has one',
    'another protocol': 'llhttp takes RTSP/1.0 for HTTP/1.0 and does not tell; what is sent on is HTTP/1.1',
  } as Readonly<Record<string, string>>,
  /** Cases of the corpus that are sound, but that a lane refuses. Refusing is always safe. */
  refused: {
    'a coding with blanks around it': 'llhttp takes blanks behind a coding for part of it',
  } as Readonly<Record<string, string>>,
  /** Requests that are not tried on a lane, other than alone. */
  notPipelined: {
    CONNECT: 'Node lets go of a connection at a CONNECT: what still runs there is cut off',
  } as Readonly<Record<string, string>>,
  /** What may happen behind a response. */
  afterwards: {
    reset: 'Node closes at once behind an Expect that got no 100; the answer has said that it is the last',
  } as Readonly<Record<string, string>>,
  /** Responses of the corpus that are unsound, but that a lane passes on. */
  responsesPassedOn: {
    'a coding in HTTP/1.0': 'llhttp takes the chunks off; the connection of such a backend is not used again',
    'HTTP/2.0': 'llhttp takes it for HTTP/1.1, and what is sent on is',
  } as Readonly<Record<string, string>>,
  /** Responses of the corpus that are sound, but that a lane refuses. */
  responsesRefused: {} as Readonly<Record<string, string>>,
} as const;

/** Whether a lane reads with llhttp: in either composition. */
export function readsWithLlhttp(kind: LaneKind): boolean {
  return kind === 'http' || kind === 'inline';
}

/**
 * Whose start lines a lane understands. All take a status line without the blank that the RFC wants before an empty reason,
 * as servers leave it out; llhttp skips line ends and blanks, and takes other versions of a response. None of it is passed on.
 */
export function linesOf(kind: LaneKind): Lines {
  return readsWithLlhttp(kind) ? 'llhttp' : 'wire';
}
