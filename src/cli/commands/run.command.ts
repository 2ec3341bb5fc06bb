import type { BoundAddress } from '../../common/contract/index.js';
import { processEnvironment, type VelocityConfig } from '../../common/config/index.js';
import { isVelocityError, VelocityError } from '../../common/errors/index.js';
import type { ControlPlane, StartOptions } from '../../control-plane/control-plane.js';
import type { StartHeap } from '../../control-plane/start.heap.js';
import { type ApplicationLogger, createApplicationLogger } from '../../modules/logging/index.js';
import type { DemoBackends } from '../demo-backends.js';
import { ExitCode } from '../exit-code.js';
import { StopSignals } from '../stop-signals.js';
import { type RunArguments, readRunSource, type RunSource, sourceName } from './run.source.js';
import { reportInvalid } from './validate.command.js';
import { readVersion } from '../version.js';

export interface RunOptions extends RunArguments {
  /** Start demo backends for the loopback backends. */
  readonly demo?: boolean;
  /** Held; released when the start has loaded everything. */
  readonly heap: StartHeap;
}

/** Runs the balancer until a signal ends it. Resolves with the exit code. */
export async function runBalancer(options: RunOptions): Promise<number> {
  // Whoever read it may be gone (`2>&1 | head`), which is no reason to stop serving.
  process.stderr.on('error', () => undefined);
  let source: RunSource;
  try {
    source = await readRunSource(options, processEnvironment());
  } catch (error) {
    if (!(error instanceof VelocityError)) throw error;
    const { stdout, stderr } = process;
    reportInvalid(sourceName(options), error, { env: processEnvironment(), stdout, stderr });
    return isVelocityError(error, 'TOKEN_UNUSABLE') ? ExitCode.failed : ExitCode.invalid;
  }
  // From here on: a signal that comes during the start must not leave half of it behind.
  const signals = new StopSignals();
  const { loaded, name } = source;
  const logger = await createApplicationLogger(loaded.config.log);
  let demo: DemoBackends | null = null;
  let isTaken = false;
  signals.onForced = (signal) => {
    demo?.kill();
    logger.warn({ signal }, 'forced to end at once: what still ran is cut');
  };
  for (const notice of loaded.notices) logger.warn({ file: name }, notice);
  try {
    demo = options.demo ? await demoBackends(loaded.config, logger, options.takeover === true) : null;
    const started = await start({
      source,
      logger,
      heap: options.heap,
      backendsStarted: demo?.start(),
      takeover: options.takeover === true,
    });
    source.place?.announce(started.controlPlane.adminAddress.port);
    if (!signals.isAsked) {
      announce(started, source, logger);
      // The link carries the token: it is for somebody who looks on, never for a log that is collected.
      if (process.stdout.isTTY || options.demo) invite(started);
    }
    const { deadlineMs } = loaded.config.shutdown;
    const end = await Promise.race([signals.first, started.controlPlane.taken]);
    isTaken = typeof end === 'number';
    const by = typeof end === 'number' ? { takenOverBy: end } : { signal: end };
    logger.info({ ...by, deadlineMs }, 'stopping: running exchanges are finished first');
    return await stop(started, deadlineMs, logger);
  } catch (error) {
    return fail(error, logger);
  } finally {
    await demo?.stop(isTaken);
    source.place?.remove();
  }
}

async function demoBackends(
  config: VelocityConfig,
  logger: ApplicationLogger,
  isSuccessor: boolean,
): Promise<DemoBackends> {
  const demo = await import('../demo-backends.js');
  return demo.DemoBackends.of(config, logger, isSuccessor);
}

interface StartParts {
  /** Take over the sockets of the balancer that runs. */
  readonly takeover: boolean;
  readonly source: RunSource;
  readonly logger: ApplicationLogger;
  readonly heap: StartHeap;
  readonly backendsStarted?: Promise<void>;
}

async function start(parts: StartParts): Promise<Started> {
  const { source, logger, heap, backendsStarted } = parts;
  const [{ ControlPlane }, { RunningState }, { openTokenFile }] = await Promise.all([
    import('../../control-plane/control-plane.js'),
    import('../../control-plane/running.state.js'),
    import('../../modules/admin/index.js'),
  ]);
  const { name, loaded, isFile } = source;
  const { config } = loaded;
  const token = openTokenFile(config.admin.tokenFile, (message) => logger.warn(message));
  const taking: Taking = parts.takeover ? await takeOver(config) : {};
  const controlPlane = await ControlPlane.start({
    ...taking,
    config,
    logger,
    token,
    heap,
    running: new RunningState(readVersion()),
    workerEntry: new URL('../../data-plane.worker.js', import.meta.url),
    logStoreEntry: new URL('../../log-store.worker.js', import.meta.url),
    file: { path: name, loaded, isFile, environment: processEnvironment() },
    backendsStarted,
  }).catch((error: unknown) => {
    taking.takeover?.abandon();
    throw error;
  });
  const { signInLink } = await import('../../modules/admin/index.js');
  const { host, port } = controlPlane.adminAddress;
  const secure = config.admin.tls !== null;
  return {
    controlPlane,
    dashboard: signInLink({ host, port, secure }, config.admin.authentication === 'off' ? null : token.value),
    admin: `${secure ? 'https' : 'http'}://${urlHost(host)}:${port}`,
  };
}

type Taking = Pick<StartOptions, 'takeover' | 'inherited'>;

/** Asked before anything is started: what cannot be taken over is said at once. */
async function takeOver(config: VelocityConfig): Promise<Taking> {
  const [{ Takeover }, { addressesOf }, { InheritedAddress }] = await Promise.all([
    import('../../control-plane/takeover/takeover.js'),
    import('../../control-plane/control-plane.js'),
    import('../../modules/data-plane/index.js'),
  ]);
  const takeover = await Takeover.ask(config.admin.tokenFile, addressesOf(config));
  const { listeners } = takeover.addresses;
  return {
    takeover,
    inherited: config.listeners.map(({ host }, index) => new InheritedAddress(host, listeners[index]!.port)),
  };
}

interface Started {
  readonly controlPlane: ControlPlane;
  /** Link that opens the dashboard signed in. Secret: it carries the token. */
  readonly dashboard: string;
  readonly admin: string;
}

function announce({ controlPlane, admin }: Started, { loaded }: RunSource, logger: ApplicationLogger): void {
  const { listeners } = controlPlane;
  const services = loaded.config.services.length;
  const startMs = Math.round(performance.now());
  const { tokenFile } = loaded.config.admin;
  logger.info({ event: 'ready', listeners, admin, tokenFile, services, startMs }, 'velocity is ready');
}

function invite({ controlPlane, dashboard }: Started): void {
  console.error(`\n  traffic  ${controlPlane.listeners.map(urlOf).join('  ')}\n  admin    ${dashboard}\n`);
}

async function stop(
  { controlPlane }: Started,
  deadlineMs: number,
  logger: ApplicationLogger,
): Promise<number> {
  const { cut, services } = await controlPlane.stop(deadlineMs);
  if (cut === 0) logger.info({ cut }, 'stopped, nothing was cut');
  else logger.warn({ cut, services }, 'stopped, exchanges were cut at the deadline');
  return ExitCode.ok;
}

function fail(error: unknown, logger: ApplicationLogger): number {
  if (error instanceof VelocityError) logger.fatal({ code: error.code }, error.message);
  else logger.fatal({ err: error }, 'velocity could not start');
  return isVelocityError(error, 'CONFIG_INVALID') ? ExitCode.invalid : ExitCode.failed;
}

function urlOf({ host, port }: BoundAddress): string {
  return `http://${urlHost(host)}:${port}`;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0') return 'localhost';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
