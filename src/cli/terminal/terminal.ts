import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../../common/config/index.js';
import { type Painter, painterFor } from './painter.js';
import { type Column, tableLines } from './table.js';

/** The part of `process` that commands use. */
export interface ProcessStreams {
  readonly env: Environment;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

export interface TerminalSettings {
  /** Results as JSON, for programs. */
  readonly json: boolean;
  /** false: no colours, whatever the terminal can do. */
  readonly color: boolean;
}

/** Results go to standard output; whatever else is said, to standard error: `velocity ... > file` holds the result. */
export class Terminal {
  readonly json: boolean;
  /** For standard output. */
  readonly paint: Painter;
  /** For standard error. */
  readonly paintMessage: Painter;

  constructor(
    readonly streams: ProcessStreams,
    settings: TerminalSettings,
  ) {
    const { env, stdout, stderr } = streams;
    this.json = settings.json;
    this.paint = painterFor(stdout, env, settings.color);
    this.paintMessage = painterFor(stderr, env, settings.color);
  }

  /** Somebody is there who can be asked. */
  get isInteractive(): boolean {
    return !this.json && this.streams.stdin.isTTY === true && this.streams.stderr.isTTY === true;
  }

  /** Columns of standard output; 0: no terminal, lines may be as long as they are. */
  get width(): number {
    return this.streams.stdout.isTTY === true ? (this.streams.stdout.columns ?? 80) : 0;
  }

  /** A part of the result. */
  print(line = ''): void {
    this.streams.stdout.write(`${line}\n`);
  }

  /** A message beside the result. */
  say(line: string): void {
    this.streams.stderr.write(`${line}\n`);
  }

  notice(text: string): void {
    this.say(`${this.paintMessage('yellow', 'notice')} ${text}`);
  }

  /** The result as JSON: several lines for one object. */
  printJson(value: unknown): void {
    this.print(safeJson(JSON.stringify(value, null, 2)));
  }

  /** One of many results, on a line of its own. */
  printJsonLine(value: unknown): void {
    this.print(safeJson(JSON.stringify(value)));
  }

  printTable<T>(columns: readonly Column<T>[], rows: readonly T[]): void {
    for (const line of tableLines(columns, rows, this)) this.print(line);
  }

  /** Asks on standard error. Only `y` and `yes` are a yes; no answer (end of input, Ctrl-C) is a no. */
  async confirm(question: string): Promise<boolean> {
    const { stdin, stderr } = this.streams;
    const lines = createInterface({ input: stdin, output: stderr, terminal: stderr.isTTY === true });
    const gone = Promise.withResolvers<string>();
    lines.once('close', () => gone.resolve(''));
    try {
      const asked = lines.question(`${question} [y/N] `).catch(() => '');
      const answer = await Promise.race([asked, gone.promise]);
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      lines.close();
    }
  }
}

/** `JSON.stringify` leaves DEL and the C1 controls as they are, and a terminal obeys some of them. */
function safeJson(text: string): string {
  return text.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
