const MAX_LENGTH = 80;

/** A value as it may be repeated in a message: in quotes, without control characters, of bounded length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`);
}
