import { quoted } from './quoted.js';

/** What is wrong with the text as a pattern of paths, and what to write instead; null when nothing is. */
export function pathPatternProblem(text: string): string | null {
  if (!text.startsWith('/')) return `${quoted(text)} is no path: start it with "/"`;
  if (text.length > 1_024) return `is ${text.length} characters long: write at most 1024`;
  if (/[^\x21-\x7e]/.test(text))
    return 'has a blank or another character that no path has: percent-encode it';
  if (/[?#]/.test(text)) return 'has a query or fragment: write the path alone';
  const segments = text.split('/').slice(1);
  const open = segments.indexOf('**');
  if (open >= 0 && open < segments.length - 1)
    return 'has "**" before its end: only the last segment may be "**"';
  const mixed = segments.find((segment) => segment.includes('*') && segment !== '*' && segment !== '**');
  if (mixed === undefined) return null;
  return `has ${quoted(mixed)}: "*" stands for a whole segment, as in /users/*, and "**" for any rest, as in /users/**`;
}
