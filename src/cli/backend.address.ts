/** `9001`, `:9001` and `host:9001` as the URL that they stand for; anything else as it is, for the schema to judge. */
export function backendAddress(text: string): string {
  if (/^:?\d+$/.test(text)) return `http://127.0.0.1:${text.replace(':', '')}`;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}
