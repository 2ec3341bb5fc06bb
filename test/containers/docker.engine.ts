import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { EngineAccess } from '../../src/common/docker/index.js';

const run = promisify(execFile);
const ANSWER_DEADLINE_MS = 10_000;
const START_DEADLINE_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: ten minutes. */
  readonly deadlineMs?: number;
}

/** A Docker engine and the two command lines that speak to it. */
export class DockerEngine {
  private constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly composeCommand: readonly string[],
    /** null: somebody else's engine, which has images of its own and may fetch more. */
    private readonly own: OwnEngine | null,
  ) {}

  /**
   * The engine that runs already (DOCKER_HOST, or the usual socket); otherwise, for root, one that is started here with
   * its own files. Rejects with the reason why there is none.
   */
  static async find(settings: OwnEngineSettings = {}): Promise<DockerEngine> {
    const composeCommand = await findCompose();
    if (await answers(process.env)) return new DockerEngine(process.env, composeCommand, null);
    if (process.getuid?.() !== 0) throw new Error('no engine answers, and only root can start one');
    const own = await OwnEngine.start(settings);
    return new DockerEngine({ ...process.env, DOCKER_HOST: own.host }, composeCommand, own);
  }

  get isOwn(): boolean {
    return this.own !== null;
  }

  /** How a program other than the command line reaches it. */
  get access(): EngineAccess {
    const host = this.environment['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
    if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
    return { url: host.replace(/^tcp:/, 'http:') };
  }

  /** null: it is reached over TCP. */
  get socketPath(): string | null {
    const { access } = this;
    return 'socketPath' in access ? access.socketPath : null;
  }

  /** Ends the engine with all that runs in it, and starts it again with the same files. Only for one that was started here. */
  async restart(): Promise<void> {
    await this.own!.restart();
  }

  /** Standard output, trimmed; rejects with what the command said when it fails. */
  docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.call(['docker', ...args], options);
  }

  compose(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.call([...this.composeCommand, ...args], options);
  }

  async has(image: string): Promise<boolean> {
    return this.docker(['image', 'inspect', image]).then(
      () => true,
      () => false,
    );
  }

  /** Ends the engine if it was started here; containers must be gone. */
  async stop(): Promise<void> {
    await this.own?.stop();
  }

  private async call(command: readonly string[], options: RunOptions): Promise<string> {
    const [program, ...args] = command as [string, ...string[]];
    const { stdout } = await run(program, args, {
      cwd: options.cwd,
      env: { ...this.environment, ...options.env },
      timeout: options.deadlineMs ?? 600_000,
      maxBuffer: MAX_OUTPUT_BYTES,
    }).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${command.join(' ')}: ${error.message}\n${tail(error.stdout)}\n${tail(error.stderr)}`);
    });
    return stdout.trim();
  }
}

function tail(text = ''): string {
  return text.split('\n').slice(-40).join('\n');
}

export interface OwnEngineSettings {
  /** Containers that name no network get one, as usual; its bridge has a name of its own. Default: they get none. */
  readonly defaultBridge?: boolean;
}

/** A dockerd of our own: its files in one folder, and no bridge but those that it is asked for. */
class OwnEngine {
  private readonly reap = () => void this.daemon.kill('SIGTERM');
  private daemon!: ChildProcess;

  private constructor(
    private readonly folder: string,
    /** null: none. */
    private readonly bridge: string | null,
  ) {
    process.once('exit', this.reap);
  }

  static async start({ defaultBridge = false }: OwnEngineSettings): Promise<OwnEngine> {
    const bridge = defaultBridge ? `velocity${randomInt(1e6)}` : null;
    const engine = new OwnEngine(await mkdtemp(join(tmpdir(), 'velocity-docker-')), bridge);
    try {
      if (bridge !== null) await addBridge(bridge);
      await engine.run();
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  get host(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  async restart(): Promise<void> {
    await this.end();
    await this.run();
  }

  async stop(): Promise<void> {
    process.off('exit', this.reap);
    await this.end();
    await unmountBelow(this.folder);
    if (this.bridge !== null) await run('ip', ['link', 'delete', this.bridge]).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const places = ['--data-root', join(this.folder, 'data'), '--exec-root', join(this.folder, 'exec')];
    const network = `--bridge=${this.bridge ?? 'none'}`;
    const args = [...places, '--pidfile', join(this.folder, 'pid'), '--host', this.host, network];
    this.daemon = spawn('dockerd', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    await listens(this.daemon);
  }

  private async end(): Promise<void> {
    const { daemon } = this;
    if (daemon?.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await gone;
  }
}

/** Not docker0: that one stays when its engine has gone, and another engine of the machine may want it. */
async function addBridge(name: string): Promise<void> {
  await run('ip', ['link', 'add', name, 'type', 'bridge']);
  await run('ip', ['address', 'add', `10.${randomInt(200, 250)}.${randomInt(250)}.1/24`, 'dev', name]);
  await run('ip', ['link', 'set', name, 'up']);
}

/** An engine leaves the network namespace of the machine mounted, if a container was in it. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const below = mounts.filter((place) => place.startsWith(`${folder}/`));
  if (below.length > 0) await run('umount', ['--lazy', ...below.reverse()]);
}

async function listens(daemon: ChildProcess): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`dockerd ${why}: ${said.slice(-3).join(' | ')}`));
    const deadline = setTimeout(() => fail('does not listen'), START_DEADLINE_MS);
    daemon.once('error', (error) => fail(error.message));
    daemon.once('exit', (code) => fail(`ended with code ${code}`));
    createInterface({ input: daemon.stderr! }).on('line', (line) => {
      said.push(line);
      if (!line.includes('API listen on')) return;
      clearTimeout(deadline);
      resolve();
    });
  });
}

async function findCompose(): Promise<readonly string[]> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program, ...args] = command as [string, ...string[]];
    const works = await run(program, [...args, 'version'], { timeout: ANSWER_DEADLINE_MS }).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  throw new Error('neither `docker compose` nor `docker-compose` works');
}

function answers(env: NodeJS.ProcessEnv): Promise<boolean> {
  return run('docker', ['info'], { env, timeout: ANSWER_DEADLINE_MS }).then(
    () => true,
    () => false,
  );
}
