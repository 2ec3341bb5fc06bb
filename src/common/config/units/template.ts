import { PLACEHOLDERS } from '../../contract/policies/shaping.js';
import { quoted } from './quoted.js';

/** A name in braces. Other braces stand for themselves, as in `{"group":"a"}`. */
const PLACEHOLDER = /\{([A-Za-z]+)\}/g;
const MAX_LENGTH = 4_096;

/** What is wrong with a header's value as a template; null when nothing is. */
export function templateProblem(text: string): string | null {
  if (text.length > MAX_LENGTH) return `is ${text.length} characters long: write at most ${MAX_LENGTH}`;
  if (/\p{Cc}/u.test(text)) {
    return 'has a control character (such as a line break), which would end the header: remove it';
  }
  if (/[^\x20-\x7e]/.test(text)) return 'has a character that is not ASCII: percent-encode it';
  if (text !== text.trim()) return 'begins or ends with a blank, which no header keeps: remove it';
  return unknownPlaceholder(text);
}

/** The same for the target of a redirect, which must not let the request choose the host. */
export function redirectTargetProblem(text: string): string | null {
  if (/[^\x21-\x7e]/.test(text)) {
    return 'has a blank or another character that no URL has: percent-encode it';
  }
  const problem = templateProblem(text);
  if (problem !== null) return problem;
  if (text.startsWith('/')) return pathProblem(text);
  const match = /^https?:\/\/([^/?#]*)/i.exec(text);
  if (match === null) {
    return `${quoted(text)} is no target: write a URL such as https://{host}{path}{query}, or a path such as /new`;
  }
  return hostProblem(match[1]!);
}

/** What browsers take for `//`, they take for the beginning of a host. */
function pathProblem(text: string): string | null {
  if (!/^\/([/\\]|\{)/.test(text)) return null;
  return `${quoted(text)} could lead to another host: let a fixed segment follow the first "/", such as /new{path}`;
}

function hostProblem(authority: string): string | null {
  // A path begins with its own slash, so these end the host.
  const host = authority.replace(/\{(path|query)\}.*$/, '');
  if (/^(\{host\}|[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])+(:\d{1,5})?$/.test(host)) return null;
  return `has ${quoted(host)} for a host: write a name or an address, or {host}, and a port if it needs one`;
}

function unknownPlaceholder(text: string): string | null {
  for (const [whole, name] of text.matchAll(PLACEHOLDER)) {
    if (!(PLACEHOLDERS as readonly string[]).includes(name!)) {
      const known = PLACEHOLDERS.map((placeholder) => `{${placeholder}}`).join(', ');
      return `has ${whole}, which stands for nothing: known are ${known}`;
    }
  }
  return null;
}

/** The same for a path that takes the place of a request's: the query stays behind it, so it has none of its own. */
export function rewrittenPathProblem(text: string): string | null {
  const problem = templateProblem(text);
  if (problem !== null) return problem;
  if (!/^(\/|\{path\})/.test(text)) return `${quoted(text)} is no path: start it with "/"`;
  if (/[?#\s]/.test(text))
    return 'must be a path alone, without "?", "#" or a blank: the query stays as it is';
  const foreign = /\{(client|query|requestId)\}/.exec(text);
  return foreign === null ? null : `has ${foreign[0]}, which is no part of a path: remove it`;
}
