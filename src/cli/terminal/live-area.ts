import { stripVTControlCharacters } from 'node:util';
import type { OutputStream } from './terminal.js';
import { widthOf } from './visible-text.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** Lines that are drawn again in place. On what is no terminal each drawing is printed below the one before. */
export class LiveArea {
  private height = 0;
  private readonly isTerminal: boolean;

  constructor(private readonly stream: OutputStream) {
    this.isTerminal = stream.isTTY === true;
  }

  draw(lines: readonly string[]): void {
    if (!this.isTerminal) return void this.stream.write(lines.map((line) => `${line}\n`).join(''));
    // What is higher than the terminal could not be drawn over: its lines would scroll away.
    const shown = lines.slice(0, Math.max(1, (this.stream.rows ?? 24) - 1));
    const back = this.height > 0 ? `\u001b[${this.height}A` : HIDE_CURSOR;
    const text = shown.map((line) => `\r${line}${ERASE_LINE_END}\n`).join('');
    this.stream.write(`${back}${text}${ERASE_BELOW}`);
    this.height = shown.reduce((sum, line) => sum + this.rowsOf(line), 0);
  }

  /** Leaves what was drawn last, and goes on below it. */
  end(): void {
    if (this.isTerminal && this.height > 0) this.stream.write(SHOW_CURSOR);
    this.height = 0;
  }

  /** Takes away what was drawn last. */
  clear(): void {
    if (this.isTerminal && this.height > 0) {
      this.stream.write(`\u001b[${this.height}A\r${ERASE_BELOW}${SHOW_CURSOR}`);
    }
    this.height = 0;
  }

  private rowsOf(line: string): number {
    const width = widthOf(stripVTControlCharacters(line));
    return Math.max(1, Math.ceil(width / (this.stream.columns ?? 80)));
  }
}
