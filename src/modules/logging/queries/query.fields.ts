import { isIP } from 'node:net';
import { METHODS } from 'node:http';
import { z } from 'zod';
import { nearestKey } from '../../../common/config/index.js';
import { readTime } from './log.time.js';

/** One query parameter: a text, or a number or boolean when a program calls. Its errors say what to do. */
function parameter() {
  return z.unknown().transform((value, context) => {
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    context.addIssue(unreadable(value));
    return z.NEVER;
  });
}

function unreadable(value: unknown): string {
  if (Array.isArray(value)) return 'is given more than once: give it once';
  return value === '' || value === null
    ? 'is empty: give a value, or leave it out'
    : 'is no text: give one value';
}

/** What a reader makes of a text: a value, or why not. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A parameter that is read so, and may be absent. */
export function readBy<T>(read: (text: string) => Reading<T>) {
  return parameter()
    .transform((text, context) => {
      const reading = read(text);
      if ('value' in reading) return reading.value;
      context.addIssue(reading.problem);
      return z.NEVER;
    })
    .optional();
}

export function textField(maxLength: number) {
  return readBy((text) =>
    text.length <= maxLength ? { value: text } : { problem: `is longer than ${maxLength} characters` },
  );
}

export function choiceField<T extends string>(choices: readonly T[]) {
  return readBy<T>((text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return { value: choice };
    const nearest = nearestKey(text, choices);
    const hint = nearest === null ? '' : ` did you mean "${nearest}"?`;
    return { problem: `is "${text.slice(0, 64)}":${hint} allowed: ${choices.join(', ')}` };
  });
}

export const timeField = readBy((text) => {
  const time = readTime(text, Date.now());
  return typeof time === 'number' ? { value: time } : { problem: time };
});

/** An exact status, or a class of them. */
export type StatusFilter = { readonly status: number } | { readonly statusClass: number };

export const statusField = readBy<StatusFilter>((text) => {
  if (/^[1-5]xx$/i.test(text)) return { value: { statusClass: Number(text[0]) } };
  if (/^[1-5]\d\d$/.test(text)) return { value: { status: Number(text) } };
  return { problem: `is "${text.slice(0, 64)}": give a status such as 503, or a class such as 5xx` };
});

/** Standard methods are meant however they are written; others are taken as they are. */
export const methodField = readBy((text) => {
  const upper = text.toUpperCase();
  if (METHODS.includes(upper)) return { value: upper };
  return text.length <= 32 ? { value: text } : { problem: 'is longer than 32 characters' };
});

export const pathPrefixField = readBy((text) => {
  if (text.length > 8192) return { problem: 'is longer than 8192 characters' };
  return text.includes('?') ? { problem: 'has a "?": give the path without the query' } : { value: text };
});

export const clientField = readBy((text) =>
  isIP(text) === 0
    ? { problem: `is "${text.slice(0, 64)}": give one IPv4 or IPv6 address` }
    : { value: text.toLowerCase() },
);

export const flagField = readBy((text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'is neither true nor false' },
);

/** Page size: 1 to 1000. */
export const limitField = readBy((text) => {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= 1000
    ? { value: limit }
    : { problem: `is "${text.slice(0, 64)}": give a whole number from 1 to 1000` };
});

/** Made by the store, which also checks what is in it. */
export const cursorField = readBy((text) =>
  /^[\w.~=-]{1,512}$/.test(text)
    ? { value: text }
    : { problem: 'is no cursor: pass back what the page before gave as "next"' },
);
