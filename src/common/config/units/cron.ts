import { createRequire } from 'node:module';
import { quoted } from './quoted.js';

const EXAMPLE = `write minute, hour, day of the month, month and day of the week, such as "0 8 * * 1-5", with the second in front if it matters`;

/**
 * What is wrong with a time in the form of cron, of five or six fields, and what to write instead; null when nothing is.
 * The library that reads it (8 MiB with its calendar) is loaded by the first one.
 */
export function cronProblem(text: string): string | null {
  const fields = text.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6)
    return `${quoted(text)} is no time in the form of cron, of five or six fields: ${EXAMPLE}`;
  const { CronTime } = createRequire(import.meta.url)('cron') as typeof import('cron');
  try {
    const time = new CronTime(text, 'UTC');
    return comes(time) ? null : `${quoted(text)} never comes: no month has that day`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${quoted(text)} is no time in the form of cron (${reason}): ${EXAMPLE}`;
  }
}

/** Such as 31 February, for which it looks at the next eight years. */
function comes(time: { sendAt(): unknown }): boolean {
  try {
    time.sendAt();
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with the name of a time zone; null when nothing is. */
export function timezoneProblem(name: string): string | null {
  const advice = `${quoted(name)} is no time zone: write its IANA name, such as Europe/Berlin or UTC`;
  if (!/^[A-Za-z]/.test(name)) return advice;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return null;
  } catch {
    return advice;
  }
}
