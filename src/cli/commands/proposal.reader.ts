import { parse } from 'yaml';
import {
  type Environment,
  GLOBAL_POLICY_KEYS,
  parseConfigText,
  readConfigFile,
} from '../../common/config/index.js';
import { desiredOf } from '../../common/config/desired-text.parser.js';
import { isVelocityError, type VelocityError } from '../../common/errors/index.js';
import { CommandFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import type { ProcessStreams } from '../terminal/terminal.js';
import { readAll, STANDARD_INPUT } from './standard-input.js';

/** A configuration to propose, as a body of the admin API. */
export interface Proposal {
  /** Path of the file, for messages. */
  readonly name: string;
  readonly body: unknown;
  /** Of a body that is text. */
  readonly mediaType?: string;
}

const DESIRED_KEYS = ['trustedProxies', ...GLOBAL_POLICY_KEYS, 'defaults', 'services'] as const;

/**
 * Reads a configuration file, or standard input for `-`. It is sent as it is, so that the balancer's own reader judges it;
 * but placeholders in it are replaced here, from the environment of the command: the balancer's is nobody's to read.
 */
export async function readProposal(path: string, { env, stdin }: ProcessStreams): Promise<Proposal> {
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  try {
    const content = path === STANDARD_INPUT ? await readAll(stdin) : await readConfigFile(path);
    const text = content.toString();
    if (!hasPlaceholders(text)) return { name, body: text, mediaType: 'application/yaml' };
    return { name, body: replaced(content, name, env) };
  } catch (error) {
    if (isVelocityError(error)) throw invalidFile(name, error);
    throw error;
  }
}

/** A notice about the body, as one about the file. */
export function ofFile(name: string, notice: string): string {
  return notice.replace(/^body(?=:\d)/, () => name);
}

/** The failure of a refused file: the issues name the file, as an editor or a terminal links to it. */
export function inFile(name: string, error: unknown): unknown {
  if (!(error instanceof CommandFailure) || error.issues.length === 0) return error;
  const issues = error.issues.map((issue) => (issue.line === undefined ? issue : { ...issue, file: name }));
  const { exitCode, code, status, advice } = error;
  const message = code === 'CONFIG_INVALID' ? `${name} is not valid.` : error.message;
  return new CommandFailure(message, { exitCode, code, status, advice, issues });
}

function invalidFile(name: string, { code, message, issues }: VelocityError): CommandFailure {
  const text = code === 'CONFIG_UNREADABLE' ? message : `${name} is not valid.`;
  return new CommandFailure(text, {
    exitCode: ExitCode.invalid,
    code,
    issues: code === 'CONFIG_UNREADABLE' ? [] : issues,
  });
}

/** Only in what is applied: what a start reads may have others. A text that cannot be read is for the balancer to refuse. */
function hasPlaceholders(text: string): boolean {
  if (!text.includes('${')) return false;
  try {
    const root: unknown = parse(text);
    if (typeof root !== 'object' || root === null) return false;
    const written = root as Record<string, unknown>;
    return DESIRED_KEYS.some((key) => JSON.stringify(written[key] ?? null).includes('${'));
  } catch {
    return false;
  }
}

function replaced(content: Buffer, name: string, env: Environment): unknown {
  return desiredOf(parseConfigText(content, name, env).input);
}
