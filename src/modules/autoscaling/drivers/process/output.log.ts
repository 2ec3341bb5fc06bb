import { type FileHandle, open, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

const TAIL_BYTES = 8 * 1024;
const LINES = 3;
const MAX_TEXT = 300;

/**
 * What one process writes. It has the file itself, and not a pipe to us: a pipe without a reader would block or kill it
 * when the balancer is gone. So no rename can rotate it; the newest part is copied aside and the file is emptied. The file
 * is open for appending, therefore the process goes on at its new end.
 */
export class OutputLog {
  constructor(
    readonly path: string,
    private readonly maxBytes: number,
  ) {}

  /** For standard output and error of the process. The caller closes it. */
  open(): Promise<FileHandle> {
    return open(this.path, 'a', 0o600);
  }

  /** Where the next byte will be. */
  async size(): Promise<number> {
    return await stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** Beyond the cap: the newest part goes to `<path>.1`. What is written between copy and truncation is lost. */
  async rotate(): Promise<void> {
    if ((await this.size()) <= this.maxBytes) return;
    const newest = await readTail(this.path, this.maxBytes);
    await writeFile(`${this.path}.1.next`, newest.subarray(newest.indexOf('\n') + 1), { mode: 0o600 });
    await rename(`${this.path}.1.next`, `${this.path}.1`);
    await truncate(this.path);
  }

  /** The last lines as one; empty when it has written nothing. */
  async lastLines(): Promise<string> {
    const now = await readTail(this.path, TAIL_BYTES);
    return oneLine(now.length > 0 ? now : await readTail(`${this.path}.1`, TAIL_BYTES));
  }

  /** The newest output as it is. */
  async tail(): Promise<string> {
    return (await readTail(this.path, TAIL_BYTES)).toString();
  }
}

/** For people: no colours, no control characters, not long. */
function oneLine(output: Buffer): string {
  const lines = stripVTControlCharacters(output.toString())
    .split(/[\r\n]+/)
    // What a terminal could take for a command.
    .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim())
    .filter((line) => line !== '');
  const text = lines.slice(-LINES).join(' | ');
  return text.length > MAX_TEXT ? `… ${text.slice(-MAX_TEXT)}` : text;
}

async function readTail(path: string, bytes: number): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
