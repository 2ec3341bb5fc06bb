export interface SqliteProblem {
  /**
   * `away`: the file is not usable now; `busy`: somebody else holds it, the next call may succeed;
   * `fault`: not the file's doing but ours, such as a broken statement.
   */
  readonly kind: 'away' | 'busy' | 'fault';
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** Primary result codes of SQLite (the low byte of `errcode`). */
const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  notadb: 26,
} as const;

const ADVICE = new Map<number, string>([
  [SQLITE.perm, 'Give the user that runs Velocity the right to read and write it and its folder.'],
  [SQLITE.readonly, 'Give the user that runs Velocity the right to write it and its folder.'],
  [SQLITE.ioerr, 'Look for disk errors in the system log; Velocity tries again by itself.'],
  [SQLITE.full, 'Free some space; Velocity tries again by itself.'],
  [SQLITE.cantopen, 'Check that storage.path names a file in a folder that Velocity may write to.'],
  [SQLITE.corrupt, 'It is damaged: restore a copy, or move it away and Velocity makes a new one.'],
  [SQLITE.notadb, 'Name another file in storage.path, or move this one away and Velocity makes a new one.'],
]);

const SYSTEM_ADVICE = new Map<string, string>([
  ['EACCES', 'Give the user that runs Velocity the right to read and write it and its folder.'],
  ['EPERM', 'Give the user that runs Velocity the right to read and write it and its folder.'],
  ['EROFS', 'Its file system is read-only: name a file elsewhere in storage.path.'],
  ['ENOSPC', 'Free some space; Velocity tries again by itself.'],
  ['EISDIR', 'It is a folder: name a file in storage.path.'],
  ['ENOTDIR', 'A part of its path is a file and not a folder: name another place in storage.path.'],
  ['EEXIST', 'A part of its path is a file and not a folder: name another place in storage.path.'],
]);

/** Tells what an error of node:sqlite, or of making the file, means to the operator. */
export function sqliteProblem(path: string, error: unknown): SqliteProblem {
  const { errcode, code } = error as { readonly errcode?: number; readonly code?: string };
  const reason = error instanceof Error ? error.message : String(error);
  const subject = `The SQLite file ${path} cannot be used: ${reason}.`;
  if (errcode === undefined) {
    const advice = SYSTEM_ADVICE.get(code ?? '');
    return advice === undefined
      ? { kind: 'fault', message: subject }
      : { kind: 'away', message: `${subject} ${advice}` };
  }
  const primary = errcode & 0xff;
  if (primary === SQLITE.busy || primary === SQLITE.locked) {
    return { kind: 'busy', message: `${subject} Another process is writing to it; try again.` };
  }
  const advice = ADVICE.get(primary);
  return advice === undefined
    ? { kind: 'fault', message: subject }
    : { kind: 'away', message: `${subject} ${advice}` };
}
