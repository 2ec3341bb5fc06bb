import { join } from 'node:path';
import {
  type ConfigInput,
  type Environment,
  loadConfigFile,
  type LoadedConfig,
  parseConfigText,
} from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { TemporaryPlace } from '../admin/temporary.place.js';
import { backendAddress } from '../backend.address.js';

/** What the command line says about what shall run. */
export interface RunArguments {
  readonly config?: string;
  /** Taken when neither a file nor a backend is named. */
  readonly defaultConfig: string;
  readonly to?: readonly string[];
  readonly listen?: readonly string[];
  readonly algorithm?: string;
  readonly host?: readonly string[];
  readonly health?: string;
  readonly adminPort?: number;
  readonly data?: string;
  /** Take over from the balancer that runs, instead of binding its addresses. */
  readonly takeover?: boolean;
}

/** Where the configuration of a balancer comes from. */
export interface RunSource {
  /** Path of the file, or that it is the command line. */
  readonly name: string;
  readonly isFile: boolean;
  readonly loaded: LoadedConfig;
  /** To be removed at the end; null: what is kept stays. */
  readonly place: TemporaryPlace | null;
}

const COMMAND_LINE = 'command line';
/** Records of a balancer that keeps nothing are there to be looked at while it runs. */
const TEMPORARY_RETENTION = '1h';
const WITH_BACKENDS = ['listen', 'algorithm', 'host', 'health', 'adminPort', 'data'] as const;

/** What to call the configuration in messages. */
export function sourceName(options: RunArguments): string {
  if (options.config !== undefined) return options.config;
  const isFromLine = options.to !== undefined || WITH_BACKENDS.some((name) => options[name] !== undefined);
  return isFromLine ? COMMAND_LINE : options.defaultConfig;
}

/** Throws CONFIG_UNREADABLE or CONFIG_INVALID when the file, or the command line, does not hold. */
export async function readRunSource(options: RunArguments, environment: Environment): Promise<RunSource> {
  checkTogether(options);
  if (options.to === undefined) {
    const path = options.config ?? options.defaultConfig;
    return { name: path, isFile: true, loaded: await loadConfigFile(path, environment), place: null };
  }
  // Judged before anything is made for it.
  parseArguments(options, { tokenFile: 'admin.token', storeFile: 'velocity.db' });
  const place = options.data === undefined ? TemporaryPlace.make() : null;
  const kept = place ?? dataFolder(options.data ?? '');
  return { name: COMMAND_LINE, isFile: false, loaded: parseArguments(options, kept), place };
}

interface KeptFiles {
  readonly tokenFile: string;
  readonly storeFile: string;
}

function dataFolder(folder: string): KeptFiles {
  return { tokenFile: join(folder, 'admin.token'), storeFile: join(folder, 'velocity.db') };
}

function checkTogether(options: RunArguments): void {
  const { to, config } = options;
  if (options.takeover === true && to !== undefined && options.data === undefined) {
    throw refused('--takeover with --to needs --data: the folder is where both balancers meet');
  }
  if (to !== undefined && config !== undefined) {
    throw refused('--config and --to exclude each other: write the backends into the file, or leave it out');
  }
  const [stray] = to === undefined ? WITH_BACKENDS.filter((name) => options[name] !== undefined) : [];
  if (stray === undefined) return;
  const flag = `--${stray.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw refused(`${flag} goes with --to: a file says this itself`);
}

function parseArguments(options: RunArguments, files: KeptFiles): LoadedConfig {
  const content = Buffer.from(JSON.stringify(configOf(options, files)));
  try {
    return { ...parseConfigText(content, COMMAND_LINE, {}), content };
  } catch (error) {
    if (!(error instanceof VelocityError)) throw error;
    // Lines and columns of the text above mean nothing to the reader.
    const issues = error.issues.map(({ path, message }) => ({ path, message }));
    throw new VelocityError(error.code, error.message, { issues });
  }
}

function configOf(options: RunArguments, { tokenFile, storeFile }: KeptFiles): ConfigInput {
  const { to = [], listen = [':8000'], algorithm, host, health, adminPort, data } = options;
  return {
    listeners: listen.map(listenAddress),
    admin: { host: '127.0.0.1', port: adminPort ?? 3000, tokenFile },
    storage: { driver: 'sqlite', path: storeFile },
    ...(data === undefined
      ? { accessLog: { retention: TEMPORARY_RETENTION }, healthLog: { retention: TEMPORARY_RETENTION } }
      : {}),
    services: [
      {
        name: 'default',
        ...(host === undefined ? {} : { hosts: [...host] }),
        // Judged by the schema like everything else here.
        ...(algorithm === undefined ? {} : { algorithm: algorithm as 'round-robin' }),
        ...(health === undefined ? {} : { health: { type: 'http', path: health } }),
        backends: to.map((address) => ({ url: backendAddress(address) })),
      },
    ],
  };
}

/** `8000`, `:8000`, `127.0.0.1:8000` or `[::1]:8000`. Throws CONFIG_INVALID. */
function listenAddress(text: string): { host?: string; port: number } {
  const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d{1,5})$/.exec(text);
  if (match === null)
    throw refused(`--listen ${JSON.stringify(text)} is no address: write :8000 or 127.0.0.1:8000`);
  const [, host = '', port] = match;
  return { ...(host === '' ? {} : { host: host.replace(/^\[|\]$/g, '') }), port: Number(port) };
}

function refused(message: string): VelocityError {
  return new VelocityError('CONFIG_INVALID', message, { issues: [{ path: '', message }] });
}
