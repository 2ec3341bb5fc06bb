import { readFeed } from '../../common/addresses/index.js';
import { loadConfigFile, type Environment, type VelocityConfig } from '../../common/config/index.js';
import { isVelocityError, type ErrorIssue, type VelocityError } from '../../common/errors/index.js';
import { ExitCode } from '../exit-code.js';
import { counted } from '../terminal/amounts.js';
import { type Painter, painterFor } from '../terminal/painter.js';

/** The part of `process` that the command uses. */
export interface ValidateIo {
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** One file in the output of `--json`. */
export interface ValidatedFile {
  readonly file: string;
  readonly valid: boolean;
  readonly services: number;
  readonly backends: number;
  readonly errors: readonly ErrorIssue[];
  /** What should be looked at though it works, with its place. */
  readonly notices: readonly string[];
}

/**
 * Checks files and reports everything that is wrong: lines `file:line:column: path: message` on standard error, one line for
 * each file that holds on standard output; with `json` one object on standard output. Changes nothing.
 * Resolves with the exit code: 0 all files hold, 2 at least one does not or cannot be read.
 */
export async function runValidate(
  paths: readonly string[],
  options: { readonly json: boolean; readonly color?: boolean },
  io: ValidateIo,
): Promise<number> {
  const files: ValidatedFile[] = [];
  for (const path of paths) files.push(await validateFile(path, io.env));
  const valid = files.every((file) => file.valid);
  if (options.json) io.stdout.write(`${JSON.stringify({ valid, files }, null, 2)}\n`);
  else for (const file of files) report(file, io, options.color);
  return valid ? ExitCode.ok : ExitCode.invalid;
}

async function validateFile(file: string, environment: Environment): Promise<ValidatedFile> {
  try {
    const { config, notices } = await loadConfigFile(file, environment);
    const errors = await feedErrors(config.globals.blocklistFiles);
    return { file, valid: errors.length === 0, ...counts(config), errors, notices };
  } catch (error) {
    if (!isVelocityError(error)) throw error;
    return invalidFile(file, error);
  }
}

/** What is wrong in the files of addresses: the balancer would serve without them. */
async function feedErrors(paths: readonly string[]): Promise<readonly ErrorIssue[]> {
  const errors: ErrorIssue[] = [];
  for (const path of paths) {
    try {
      await readFeed(path);
    } catch (error) {
      if (!isVelocityError(error)) throw error;
      errors.push(...error.issues);
    }
  }
  return errors;
}

function invalidFile(file: string, { issues, message }: VelocityError): ValidatedFile {
  const errors = issues.length > 0 ? issues : [{ path: '', message }];
  return { file, valid: false, services: 0, backends: 0, errors, notices: [] };
}

/** Says on standard error why a file could not be loaded, as `velocity validate` does. */
export function reportInvalid(file: string, error: VelocityError, io: ValidateIo): void {
  report(invalidFile(file, error), io);
}

function counts(config: VelocityConfig): { services: number; backends: number } {
  const backends = config.services.reduce((sum, service) => sum + service.backends.length, 0);
  return { services: config.services.length, backends };
}

function report(file: ValidatedFile, io: ValidateIo, inColour = true): void {
  const paint = painterFor(io.stderr, io.env, inColour);
  for (const issue of file.errors) io.stderr.write(`${issueLine(file.file, issue, paint)}\n`);
  for (const notice of file.notices) io.stderr.write(`${paint('yellow', 'notice')} ${notice}\n`);
  if (file.valid) {
    const services = counted(file.services, 'service');
    io.stdout.write(`${file.file}: valid, ${services} with ${counted(file.backends, 'backend')}\n`);
  } else {
    io.stderr.write(`${file.file}: ${counted(file.errors.length, 'error')}\n`);
  }
}

function issueLine(file: string, issue: ErrorIssue, paint: Painter): string {
  const named = issue.file ?? file;
  const place = issue.line === undefined ? named : `${named}:${issue.line}:${issue.column}`;
  const path = issue.path === '' ? '' : `${issue.path}: `;
  return `${paint('bold', place)}: ${paint('red', path)}${issue.message}`;
}
