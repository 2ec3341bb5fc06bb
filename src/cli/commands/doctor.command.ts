import { isVelocityError } from '../../common/errors/index.js';
import { loadConfigFile, type VelocityConfig } from '../../common/config/index.js';
import type { StatusResource } from '../../modules/admin/resources/status.resource.js';
import { ROUTES } from '../admin/admin.routes.js';
import { isLoopback } from '../../common/config/units/loopback.js';
import { CommandFailure } from '../command.failure.js';
import { checkAdmin } from '../doctor/checks/admin.check.js';
import { checkBackends } from '../doctor/checks/backends.check.js';
import { checkBlocklists } from '../doctor/checks/blocklist.check.js';
import { checkConfiguration } from '../doctor/checks/configuration.check.js';
import { checkFileLimits } from '../doctor/checks/file-limits.check.js';
import { checkForwardedHeaders } from '../doctor/checks/forwarded-headers.check.js';
import { checkPorts } from '../doctor/checks/ports.check.js';
import { checkRedis } from '../doctor/checks/redis.check.js';
import { checkStore } from '../doctor/checks/store.check.js';
import { checkTakeover } from '../doctor/checks/takeover.check.js';
import type { Check, ConfigFileResult, Examination, LiveBalancer } from '../doctor/examination.js';
import type { Finding, Level } from '../doctor/finding.js';
import { ProcessTable } from '../../common/processes/index.js';
import { ExitCode } from '../exit-code.js';
import { issueText, type Session } from '../session.js';
import { counted } from '../terminal/amounts.js';
import type { Colour } from '../terminal/painter.js';
import type { Terminal } from '../terminal/terminal.js';
import { visible } from '../terminal/visible-text.js';
import { allServices } from './service.catalogue.js';

const CHECKS: readonly Check[] = [
  checkConfiguration,
  checkBlocklists,
  checkPorts,
  checkAdmin,
  checkStore,
  checkRedis,
  checkBackends,
  checkForwardedHeaders,
  checkFileLimits,
  checkTakeover,
];

export interface DoctorFlags {
  readonly config?: string;
  readonly defaultConfig: string;
  readonly deep?: boolean;
}

/** Looks for what is wrong or may become so. Resolves with 1 when there is a problem. */
export async function runDoctor(session: Session, flags: DoctorFlags): Promise<number> {
  const { terminal } = session;
  const examination = await examine(session, flags);
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const found = await check(examination);
    findings.push(...found);
    if (!terminal.json) for (const finding of found) print(terminal, finding);
  }
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const notices = findings.filter(({ level }) => level === 'notice').length;
  if (terminal.json) terminal.printJson({ problems, notices, findings });
  else terminal.print(`${counted(problems, 'problem')}, ${counted(notices, 'notice')}`);
  return problems > 0 ? ExitCode.failed : ExitCode.ok;
}

async function examine(session: Session, flags: DoctorFlags): Promise<Examination> {
  const { client } = session;
  const isLocal = isLoopback(new URL(client.target.url).hostname);
  // The file that lies here says nothing about a balancer elsewhere, unless somebody names it.
  const isFileMeant = isLocal || flags.config !== undefined;
  const { config, result } = isFileMeant ? await readConfig(session, flags) : NO_FILE;
  const { live, error } = await askBalancer(session);
  return {
    config,
    configFile: result,
    live,
    client: live === null ? null : client,
    admin: { url: client.target.url, error },
    processes: new ProcessTable(),
    isLocal,
    deep: flags.deep ?? false,
  };
}

interface ReadFile {
  readonly config: VelocityConfig | null;
  readonly result: ConfigFileResult;
}

const NO_FILE: ReadFile = {
  config: null,
  result: { path: 'configuration file', errors: [], notices: [], isThere: false },
};

async function readConfig(
  { streams }: Session,
  { config: named, defaultConfig }: DoctorFlags,
): Promise<ReadFile> {
  const path = named ?? defaultConfig;
  try {
    const { config, notices } = await loadConfigFile(path, streams.env);
    return { config, result: { path, errors: [], notices, isThere: true } };
  } catch (error) {
    if (!isVelocityError(error)) throw error;
    const isMissing =
      named === undefined && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    const errors = isMissing ? [] : error.issues.map(issueText);
    return { config: null, result: { path, errors, notices: [], isThere: !isMissing } };
  }
}

async function askBalancer({ client }: Session): Promise<{ live: LiveBalancer | null; error: string }> {
  try {
    const [status, services] = await Promise.all([
      client.get<StatusResource>(ROUTES.status),
      allServices(client),
    ]);
    return { live: { status, services }, error: '' };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { live: null, error: error.message };
  }
}

const COLOURS: Readonly<Record<Level, Colour>> = { ok: 'green', notice: 'yellow', problem: 'red' };

function print(terminal: Terminal, { level, subject, what, advice }: Finding): void {
  const { paint } = terminal;
  terminal.print(`${paint(COLOURS[level], level.padEnd(7))}  ${subject.padEnd(13)}  ${visible(what)}`);
  if (advice !== '') terminal.print(`${' '.repeat(24)}${paint('dim', visible(advice))}`);
}
