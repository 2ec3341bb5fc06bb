import { VelocityError } from '../../common/errors/index.js';

/** The last record of a page: the next page starts behind it. */
export interface LogPosition {
  /** Unix milliseconds. */
  readonly time: number;
  /** 24 hex digits. */
  readonly id: string;
}

/** The last moment that a date can hold (ECMA-262 section 21.4.1.1). */
const MAX_TIME_MS = 8.64e15;
const SHAPE = /^(\d{1,16})\.([0-9a-f]{24})$/;

export function encodeCursor(position: LogPosition): string {
  return Buffer.from(`${position.time}.${position.id}`).toString('base64url');
}

/** Throws REQUEST_INVALID for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): LogPosition {
  const match = SHAPE.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const [, time, id] = match ?? [];
  if (time === undefined || id === undefined || Number(time) > MAX_TIME_MS) {
    const message =
      'The cursor is not one of ours: pass "next" of the page before, unchanged, or leave it out.';
    throw new VelocityError('REQUEST_INVALID', message, { issues: [{ path: 'cursor', message }] });
  }
  return { time: Number(time), id };
}

/** Throws REQUEST_INVALID unless it is a whole number from 1 to 1000. */
export function checkLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    const message = `A page holds 1 to 1000 records, not ${limit}.`;
    throw new VelocityError('REQUEST_INVALID', message, { issues: [{ path: 'limit', message }] });
  }
  return limit;
}
