import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import type { ConfigDocument, Position } from './config-document.js';
import type { Environment } from './environment.js';
import { PlainReader, type PlainPlace } from './plain-reader.js';
import { bracketProblem } from './yaml-syntax.js';

/** A text that the plain reader takes. Where its values stand is found out when somebody asks. */
export class PlainDocument implements ConfigDocument {
  readonly problems = [];
  private places: ReadonlyMap<string, PlainPlace> | null = null;
  private lineStarts: readonly number[] = [];

  private constructor(
    private readonly text: string,
    readonly value: unknown,
    readonly wholePlaceholders: ReadonlySet<string>,
    private readonly environment: Environment,
  ) {}

  /** null: the full parser must look at the text. */
  static of(text: string, environment: Environment): PlainDocument | null {
    const reader = new PlainReader(text, environment);
    const value = reader.read();
    if (value === undefined || bracketProblem(text) !== null) return null;
    return new PlainDocument(text, value, reader.wholePlaceholders, environment);
  }

  locate({ path, atKey }: Pick<ConfigIssue, 'path' | 'atKey'>): Position {
    this.places ??= this.findPlaces();
    for (let length = path.length; length > 0; length--) {
      const place = this.place(path.slice(0, length));
      if (place !== undefined)
        return this.positionAt(atKey && length === path.length ? place.key : place.value);
    }
    return this.positionAt(this.place([])?.value ?? 0);
  }

  private place(path: ConfigPath): PlainPlace | undefined {
    return this.places?.get(JSON.stringify(path));
  }

  /** Reads the text once more: most are never asked, and 50,000 places cost as much as the values themselves. */
  private findPlaces(): ReadonlyMap<string, PlainPlace> {
    const places = new Map<string, PlainPlace>();
    new PlainReader(this.text, this.environment, places).read();
    const starts = [0];
    for (let end = this.text.indexOf('\n'); end >= 0; end = this.text.indexOf('\n', end + 1))
      starts.push(end + 1);
    this.lineStarts = starts;
    return places;
  }

  private positionAt(offset: number): Position {
    let line = 0;
    let above = this.lineStarts.length;
    while (above - line > 1) {
      const middle = (line + above) >> 1;
      if (this.lineStarts[middle]! <= offset) line = middle;
      else above = middle;
    }
    return { line: line + 1, column: offset - this.lineStarts[line]! + 1 };
  }
}
