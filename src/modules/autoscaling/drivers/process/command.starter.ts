import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { processEnvironment } from '../../../../common/config/source/environment.js';
import type { ProcessDriverConfig } from '../../../../common/config/scaling-config.js';
import { VelocityError } from '../../../../common/errors/index.js';
import { MARK_VARIABLE } from './host.processes.js';

/** What of the settings a process was started with: another print, another process. The ports only say where. */
export function printOf({ command, args, env, folder }: ProcessDriverConfig): string {
  const variables = Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, args, variables, folder]))
    .digest('hex')
    .slice(0, 16);
}

/** The program as a file. Rejects with DRIVER_REFUSED when there is none, or no such working folder. */
export async function findCommand(settings: ProcessDriverConfig): Promise<string> {
  const { command, env } = settings;
  const folder = path.resolve(settings.folder ?? '.');
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw refusal(`the working folder ${folder} does not exist: correct \`folder\``);
  }
  // As execvp: a name with a slash is a path, and means the new working folder.
  if (command.includes('/') || process.platform === 'win32')
    return found(command, [path.resolve(folder, command)]);
  const search = env['PATH'] ?? processEnvironment()['PATH'] ?? '';
  const folders = search.split(path.delimiter).map((one) => path.resolve(folder, one));
  return found(
    command,
    folders.map((one) => path.join(one, command)),
  );
}

async function found(command: string, candidates: readonly string[]): Promise<string> {
  if (process.platform === 'win32') return command;
  let present = '';
  for (const candidate of candidates) {
    if (!(await stat(candidate).catch(() => null))?.isFile()) continue;
    present = candidate;
    if (await isExecutable(candidate)) return candidate;
  }
  if (present !== '')
    throw refusal(`${present} is not executable for this user: chmod +x, or name its interpreter`);
  const where = command.includes('/')
    ? `${candidates[0]} does not exist`
    : `it is in no folder of PATH (${candidates.map((one) => path.dirname(one)).join(path.delimiter)}); write its whole path, or set PATH in \`env\``;
  throw refusal(`there is no command "${command}": ${where}`);
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface Start {
  readonly file: string;
  readonly port: number;
  readonly mark: string;
  /** Descriptor for its standard output and error. */
  readonly output: number;
}

/**
 * Starts it as the leader of a group and session of its own: no Ctrl-C of a terminal reaches it, and all that it starts
 * can be ended with it. It has nothing of ours: neither a pipe nor a socket.
 */
export function startCommand(
  settings: ProcessDriverConfig,
  { file, port, mark, output }: Start,
): ChildProcess {
  const filled = (text: string) => text.replaceAll('{port}', String(port));
  const env = Object.entries(settings.env).map(([name, value]) => [name, filled(value)]);
  return spawn(file, settings.args.map(filled), {
    argv0: settings.command,
    cwd: settings.folder ?? undefined,
    env: { ...processEnvironment(), PORT: String(port), ...Object.fromEntries(env), [MARK_VARIABLE]: mark },
    stdio: ['ignore', output, output],
    detached: true,
    windowsHide: true,
  });
}

/** Of an 'error' of the start: what was there a moment ago cannot be run even so. */
export function startRefusal({ command }: ProcessDriverConfig, error: NodeJS.ErrnoException): VelocityError {
  const reason =
    error.code === 'ENOENT'
      ? 'it or the interpreter that its first line names does not exist'
      : error.message;
  return new VelocityError('DRIVER_REFUSED', `"${command}" cannot be started: ${reason}`, { cause: error });
}

function refusal(message: string): VelocityError {
  return new VelocityError('DRIVER_REFUSED', message);
}
