/**
 * What a record is searched and summed up by, as columns; all of it is in `record`, as it stands in a batch of the access
 * log: ../../../../common/contract/access-log.codec.ts says how, and what is added there needs nothing here.
 */
export const RECORD_COLUMNS = {
  status: 'INTEGER',
  dropReason: 'TEXT',
  /** NULL: `GET`. */
  method: 'TEXT',
  /** See `Mark`. */
  marks: 'INTEGER',
  service: 'TEXT',
  backend: 'TEXT',
  client: 'TEXT',
  path: 'TEXT',
  /** How many. */
  attempts: 'INTEGER',
  bytesIn: 'INTEGER',
  bytesOut: 'INTEGER',
  totalUs: 'INTEGER',
  /** NULL: it is the record's id. */
  requestId: 'TEXT',
  record: 'BLOB',
} as const;

export const COLUMN_NAMES = Object.keys(RECORD_COLUMNS) as (keyof typeof RECORD_COLUMNS)[];

/**
 * Of each service and backend the first rows in a part are marked and found by an index. The rest are found by going through
 * the part, where they are frequent: indexes of names that most rows have are dear and useless.
 */
export const Mark = { service: 1, backend: 2 } as const;
/** Marked rows of one name. */
export const MARKED_ROWS = 2_000;

/** SQL of a record's id. */
export const ID_SQL = 'substr(record, 1, 12)';
