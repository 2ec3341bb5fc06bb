import { open } from 'node:fs/promises';
import { VelocityError } from '../errors/index.js';
import { parseConfigText, type ParsedConfig } from './config.parser.js';
import type { Environment } from './source/environment.js';

/**
 * Largest file that is read, in bytes: about 100,000 backends. A file of that size takes 5 seconds and 1 GiB to parse
 * (measured); four times as much could end the process.
 */
export const MAX_CONFIG_BYTES = 8 * 1_024 * 1_024;

export interface LoadedConfig extends ParsedConfig {
  /** The bytes of the file, for a watcher to compare with. */
  readonly content: Buffer;
}

/** Reads and validates a file. Throws CONFIG_UNREADABLE when it cannot be read, CONFIG_INVALID when it does not hold. */
export async function loadConfigFile(path: string, environment: Environment): Promise<LoadedConfig> {
  const content = await readConfigFile(path);
  return { ...parseConfigText(content, path, environment), content };
}

/** The bytes of a file. Throws CONFIG_UNREADABLE when it is missing, no regular file, not permitted or too large. */
export async function readConfigFile(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw unreadable(path, 'is no file: name a YAML file');
      if (stats.size > MAX_CONFIG_BYTES)
        throw unreadable(path, `has ${stats.size} bytes: at most ${MAX_CONFIG_BYTES} are read`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof VelocityError) throw error;
    throw unreadable(path, reasonOf(error as NodeJS.ErrnoException), error);
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'does not exist: check the path, or write the file';
  if (error.code === 'EACCES') return 'may not be read: check its permissions';
  if (error.code === 'EISDIR') return 'is a directory: name a YAML file in it';
  return `cannot be read: ${error.message}`;
}

function unreadable(path: string, message: string, cause?: unknown): VelocityError {
  const issue = { path: '', message, file: path };
  return new VelocityError('CONFIG_UNREADABLE', `${path}: ${message}`, { issues: [issue], cause });
}
