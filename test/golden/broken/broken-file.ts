/** A configuration that must be refused, with everything that must be said about it. */
export interface BrokenFile {
  readonly story: string;
  /** The file: its lines, its text, or its bytes where they are no text. */
  readonly yaml: readonly string[] | string | Buffer;
  /** Variables that its placeholders find. */
  readonly env?: Readonly<Record<string, string>>;
  /** CONFIG_INVALID unless it says otherwise. */
  readonly code?: 'CONFIG_UNREADABLE';
  /** All of them, in order: `line:column: path: message`. */
  readonly issues: readonly string[];
}

export function contentOf(file: BrokenFile): string | Buffer {
  if (typeof file.yaml === 'string' || Buffer.isBuffer(file.yaml)) return file.yaml;
  return `${file.yaml.join('\n')}\n`;
}
