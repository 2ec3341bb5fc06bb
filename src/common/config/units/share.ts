import { quoted } from './quoted.js';

const SHARE = /^(\d{1,3}(?:\.\d{1,2})?)%$/;

/** Per cent of a text such as `50%` or `2.5%`; 0 for `off`; null when it is neither. */
export function parseShare(text: unknown): number | null {
  if (text === 'off') return 0;
  const match = typeof text === 'string' ? SHARE.exec(text) : null;
  return match === null ? null : Number(match[1]);
}

/** What is wrong with the text as a share above 0% and up to 100%, and what to write instead; null when nothing is. */
export function shareProblem(text: string, allowsOff: boolean): string | null {
  const orOff = allowsOff ? ', or off' : '';
  if (text === 'off') return allowsOff ? null : 'cannot be off: write a share above 0% and up to 100%';
  const percent = parseShare(text);
  if (percent === null) return `${quoted(text)} is no share: write per cent, such as 50%${orOff}`;
  if (percent <= 0 || percent > 100)
    return `${text} is out of range: write a share above 0% and up to 100%${orOff}`;
  return null;
}
