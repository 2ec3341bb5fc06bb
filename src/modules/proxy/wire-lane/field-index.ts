import { DOUBTFUL, FIELD_IDS, FieldId, fieldIdOf } from './field-names.js';

/** Numbers kept per field: where name and value start and end, and the name's number. */
const STRIDE = 5;
const INITIAL_FIELDS = 24;

/** The fields of one message as offsets into its text: a text of their own is made only of those that somebody reads. */
export class FieldIndex {
  /** The message's head, one character per byte; offsets count from its start. */
  text = '';
  /** Number of fields. */
  count = 0;
  private offsets = new Int32Array(INITIAL_FIELDS * STRIDE);
  /** By number: the index of the first such field, plus one. */
  private readonly firsts = new Int16Array(FIELD_IDS);

  /** The first value of a field by number; undefined: there is none. */
  valueById(id: number): string | undefined {
    const index = this.firsts[id]!;
    return index === 0 ? undefined : this.valueAt(index - 1);
  }

  /** Index of the first field of a number; -1: there is none. */
  indexOf(id: number): number {
    return this.firsts[id]! - 1;
  }

  /** How many fields of a number there are. */
  countOf(id: number): number {
    let found = 0;
    if (this.firsts[id] === 0) return 0;
    for (let index = 0; index < this.count; index++) if (this.idAt(index) === id) found++;
    return found;
  }

  /** All values of a name in lower case, joined by `, ` (RFC 9110 section 5.3); undefined: there is none. */
  value(name: string): string | undefined {
    const id = fieldIdOf(name);
    if (id !== 0 && this.firsts[id] === 0) return undefined;
    let joined: string | undefined;
    for (let index = 0; index < this.count; index++) {
      if (id === 0 ? !this.isNamed(index, name) : this.idAt(index) !== id) continue;
      const value = this.valueAt(index);
      joined = joined === undefined ? value : `${joined}${id === FieldId.cookie ? '; ' : ', '}${value}`;
    }
    return joined;
  }

  idAt(index: number): number {
    return this.offsets[index * STRIDE + 4]!;
  }

  nameAt(index: number): string {
    return this.text.slice(this.offsets[index * STRIDE], this.offsets[index * STRIDE + 1]);
  }

  valueAt(index: number): string {
    return this.text.slice(this.offsets[index * STRIDE + 2], this.offsets[index * STRIDE + 3]);
  }

  /** Where the line of a field starts in the text; for an index behind the last field, where the empty line starts. */
  lineStart(index: number): number {
    return index < this.count ? this.offsets[index * STRIDE]! : this.text.length - 2;
  }

  /** Name, value, name, value ... */
  toList(): string[] {
    const list: string[] = [];
    for (let index = 0; index < this.count; index++) list.push(this.nameAt(index), this.valueAt(index));
    return list;
  }

  protected clear(): void {
    // One more than are complete: a value may have begun.
    const last = Math.min(this.count, this.offsets.length / STRIDE - 1);
    for (let index = 0; index <= last; index++) this.firsts[this.idAt(index)] = 0;
    this.count = 0;
    this.text = '';
  }

  /** A field begins whose name is known and whose value starts at `valueStart`. */
  protected open(id: number, nameStart: number, nameEnd: number, valueStart: number): void {
    const row = this.count * STRIDE;
    if (row >= this.offsets.length) this.grow();
    const { offsets } = this;
    offsets[row] = nameStart;
    offsets[row + 1] = nameEnd;
    offsets[row + 2] = valueStart;
    offsets[row + 4] = id;
    if (this.firsts[id] === 0) this.firsts[id] = this.count + 1;
  }

  /** Where the value starts of the field that was opened last. */
  protected get openValueStart(): number {
    return this.offsets[this.count * STRIDE + 2]!;
  }

  /** The field that was opened last is complete. */
  protected close(valueEnd: number): void {
    this.offsets[this.count * STRIDE + 3] = valueEnd;
    this.count++;
  }

  private grow(): void {
    const larger = new Int32Array(this.offsets.length * 2);
    larger.set(this.offsets);
    this.offsets = larger;
  }

  private isNamed(index: number, name: string): boolean {
    const row = index * STRIDE;
    const id = this.offsets[row + 4]!;
    if (id !== 0 && id !== DOUBTFUL) return false;
    if (this.offsets[row + 1]! - this.offsets[row]! !== name.length) return false;
    return this.nameAt(index).toLowerCase() === name;
  }
}
