import { open } from 'node:fs/promises';
import { VelocityError } from '../errors/index.js';
import { FeedParser } from './feed.parser.js';
import type { NetworkList } from './network.list.js';

/** Largest file that is read, in bytes. */
export const MAX_FEED_BYTES = 256 * 1_024 * 1_024;
/** As much is parsed at a time: about 3 ms. */
const CHUNK_BYTES = 128 * 1_024;

/**
 * The networks of a feed. The thread is free between its pieces. Throws CONFIG_UNREADABLE when the file cannot be read,
 * CONFIG_INVALID when a line of it is wrong: then nothing of it counts.
 */
export async function readFeed(path: string): Promise<NetworkList> {
  const parser = new FeedParser();
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw unreadable(path, 'is no file: name a text file');
      if (stats.size > MAX_FEED_BYTES)
        throw unreadable(path, `has ${stats.size} bytes: at most ${MAX_FEED_BYTES} are read`);
      const bytes = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(bytes, 0, CHUNK_BYTES);
        if (bytesRead === 0) break;
        parser.write(bytes.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof VelocityError) throw error;
    throw unreadable(path, reasonOf(error as NodeJS.ErrnoException), error);
  }
  parser.end();
  if (parser.faultCount > 0) throw invalid(path, parser);
  return parser.networks;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'does not exist: check the path, or write the file';
  if (error.code === 'EACCES') return 'may not be read: check its permissions';
  return `cannot be read: ${error.message}`;
}

function unreadable(path: string, message: string, cause?: unknown): VelocityError {
  const issues = [{ path: '', message, file: path }];
  return new VelocityError('CONFIG_UNREADABLE', `${path}: ${message}`, { issues, cause });
}

function invalid(path: string, { faults, faultCount }: FeedParser): VelocityError {
  const issues = faults.map(({ line, message }) => ({ path: '', message, file: path, line, column: 1 }));
  const [first] = faults;
  const more = faultCount > 1 ? ` (and ${faultCount - 1} more such lines)` : '';
  return new VelocityError('CONFIG_INVALID', `${path}:${first!.line}: ${first!.message}${more}`, { issues });
}
