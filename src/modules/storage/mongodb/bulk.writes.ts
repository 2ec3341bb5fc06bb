import { createRequire } from 'node:module';
import { mongo } from 'mongoose';
import type { LogPosition } from '../log-cursor.js';
import { BsonWriter } from './bson.writer.js';

const { BSON } = mongo;
const DUPLICATE_KEY = 11000;
/** Of one message, but for its last document; the server takes 48,000,000, and 16,777,216 of a document. */
const MAX_MESSAGE_BYTES = 8_000_000;
/** Of one message; the server takes 100,000. */
const MAX_MESSAGE_DOCUMENTS = 10_000;

/** What our writes have in common: majority and journal, one bad document does not keep the others out. */
const COMMAND = { ordered: false, writeConcern: { w: 'majority', j: true } } as const;

/** Ready-made BSON documents that the driver sends as they are, behind the command: class of the driver, not documented. */
interface DocumentSequence {
  push(document: unknown, bytes: Uint8Array): number;
}
type DocumentSequenceClass = new (field: string) => DocumentSequence;

/** Of the driver that mongoose brings, which need not be the one that others have installed. */
const DRIVER_COMMANDS = 'mongodb/lib/cmap/commands.js';

/** null: this version of the driver has none. Then it writes the documents itself, at four times the cost. */
export const DocumentSequence = findDocumentSequence();

function findDocumentSequence(): DocumentSequenceClass | null {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('mongoose'));
    const found = require(DRIVER_COMMANDS) as { DocumentSequence?: DocumentSequenceClass };
    return typeof found.DocumentSequence?.prototype.push === 'function' ? found.DocumentSequence : null;
  } catch {
    return null;
  }
}

interface WriteReply {
  readonly writeErrors?: readonly { readonly code: number; readonly errmsg: string }[];
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string };
}

/** A collection of a database. */
export interface Place {
  readonly db: mongo.Db;
  readonly collection: string;
}

type Write<T> = (writer: BsonWriter, item: T) => void;

/** The documents of one message, one behind the other. */
interface Message {
  readonly bytes: Buffer;
  readonly count: number;
}

/**
 * Inserts and updates of many documents at a time, each repeatable: what says that a key is there already is taken for an
 * earlier try of the same.
 */
export class BulkWrites {
  private readonly writer = new BsonWriter();

  /** @param sequences Of tests: null as if the driver had none. */
  constructor(private readonly sequences: DocumentSequenceClass | null = DocumentSequence) {}

  /** Rejects with what the driver throws, or with an Error that says why the server refused a document. */
  async insert(place: Place, records: readonly LogPosition[]): Promise<void> {
    for (const message of this.messages(records, writeRecord)) {
      await run(place.db, {
        insert: place.collection,
        documents: this.documents('documents', message),
        ...COMMAND,
      });
    }
  }

  /** `statements`: the `updates` of MongoDB's `update` command. */
  async update(place: Place, statements: readonly object[]): Promise<void> {
    for (const message of this.messages(statements, writeDocument)) {
      await run(place.db, {
        update: place.collection,
        updates: this.documents('updates', message),
        ...COMMAND,
      });
    }
  }

  private *messages<T>(items: readonly T[], write: Write<T>): Generator<Message> {
    for (let start = 0; start < items.length;) {
      const message = this.message(items, start, write);
      start += message.count;
      yield message;
    }
  }

  /** In one go: writes that are under way at the same time share the writer. */
  private message<T>(items: readonly T[], start: number, write: Write<T>): Message {
    const { writer } = this;
    const end = Math.min(items.length, start + MAX_MESSAGE_DOCUMENTS);
    let next = start;
    try {
      while (next < end && writer.length < MAX_MESSAGE_BYTES) write(writer, items[next++]!);
    } catch (error) {
      // What was written before must be in no other message.
      writer.take();
      throw error;
    }
    return { bytes: writer.take(), count: next - start };
  }

  private documents(field: string, { bytes, count }: Message): unknown {
    if (this.sequences === null) return parsed(bytes);
    const sequence = new this.sequences(field);
    sequence.push({ count }, bytes);
    return sequence;
  }
}

function writeRecord(writer: BsonWriter, record: LogPosition): void {
  writer.record(record);
}

function writeDocument(writer: BsonWriter, document: object): void {
  writer.document(document);
}

async function run(db: mongo.Db, command: object): Promise<void> {
  const reply = (await db.command(command)) as WriteReply;
  if (reply.writeConcernError !== undefined) throw new mongo.MongoServerError({ ...reply.writeConcernError });
  const refused = reply.writeErrors?.find(({ code }) => code !== DUPLICATE_KEY);
  if (refused === undefined) return;
  throw new Error(`MongoDB refused a document: ${refused.errmsg.slice(0, 500)} (code ${refused.code}).`);
}

function parsed(bytes: Buffer): object[] {
  const documents: object[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readInt32LE(at);
    documents.push(BSON.deserialize(bytes.subarray(at, at + size)));
    at += size;
  }
  return documents;
}
