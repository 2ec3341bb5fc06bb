import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import mongoose from 'mongoose';
import type { StorageConfig } from '../../../src/common/config/index.js';

export interface ContentEdit {
  readonly format?: number;
  readonly digest?: string;
  readonly data?: Uint8Array;
}

/** Changes what a store holds of revisions behind the back of a balancer. */
export class StoredContents {
  constructor(private readonly storage: StorageConfig) {}

  async edit(number: number, edit: ContentEdit): Promise<void> {
    const fields = Object.entries(edit);
    if (this.storage.driver === 'sqlite') {
      const set = fields.map(([name]) => `${name} = ?`).join(', ');
      const values = fields.map(([, value]) => value as string);
      this.inFile((db) =>
        db.prepare(`UPDATE revision_contents SET ${set} WHERE number = ?`).run(...values, number),
      );
      return;
    }
    await this.inDatabase((contents) => contents.updateMany({ number }, { $set: { ...edit } }));
  }

  async remove(number: number): Promise<void> {
    if (this.storage.driver === 'sqlite') {
      this.inFile((db) => db.prepare('DELETE FROM revision_contents WHERE number = ?').run(number));
      return;
    }
    await this.inDatabase((contents) => contents.deleteMany({ number }));
  }

  /** Numbers of the revisions that have contents, ascending. */
  async numbers(): Promise<readonly number[]> {
    if (this.storage.driver === 'sqlite') {
      const rows = this.inFile((db) =>
        db.prepare('SELECT DISTINCT number FROM revision_contents ORDER BY number').all(),
      );
      return rows.map(({ number }) => Number(number));
    }
    return this.inDatabase(async (contents) =>
      (await contents.distinct('number')).map(Number).toSorted((a, b) => a - b),
    );
  }

  private inFile<T>(use: (db: DatabaseSync) => T): T {
    if (this.storage.driver !== 'sqlite') throw new TypeError('it is no file');
    const db = new DatabaseSync(this.storage.path);
    try {
      return use(db);
    } finally {
      db.close();
    }
  }

  private async inDatabase<T>(use: (contents: mongoose.Collection) => Promise<T>): Promise<T> {
    if (this.storage.driver !== 'mongodb') throw new TypeError('it is no database');
    const { uri, database } = this.storage;
    const connection = await mongoose.createConnection(uri, { dbName: database }).asPromise();
    try {
      return await use(connection.collection('revision_contents'));
    } finally {
      await connection.close();
    }
  }
}

export function packed(value: unknown): Uint8Array {
  return new Uint8Array(zstdCompressSync(JSON.stringify(value)));
}
