import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

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
  static async find(): Promise<DockerEngine> {
    const composeCommand = await findCompose();
    if (await answers(process.env)) return new DockerEngine(process.env, composeCommand, null);
    if (process.getuid?.() !== 0) throw new Error('no engine answers, and only root can start one');
    const own = await OwnEngine.start();
    return new DockerEngine({ ...process.env, DOCKER_HOST: own.host }, composeCommand, own);
  }

  get isOwn(): boolean {
    return this.own !== null;
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

/** A dockerd of our own: its files in one folder, and no bridge but those of the networks that it is asked for. */
class OwnEngine {
  private readonly reap = () => void this.daemon.kill('SIGTERM');

  private constructor(
    private readonly daemon: ChildProcess,
    private readonly folder: string,
    readonly host: string,
  ) {
    process.once('exit', this.reap);
  }

  static async start(): Promise<OwnEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-docker-'));
    const host = `unix://${join(folder, 'docker.sock')}`;
    const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
    const args = [...places, '--pidfile', join(folder, 'pid'), '--host', host, '--bridge=none'];
    const daemon = spawn('dockerd', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const engine = new OwnEngine(daemon, folder, host);
    try {
      await listens(daemon);
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  async stop(): Promise<void> {
    process.off('exit', this.reap);
    const { daemon } = this;
    if (daemon.pid !== undefined && daemon.exitCode === null && daemon.signalCode === null) {
      const gone = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await gone;
    }
    await unmountBelow(this.folder);
    await rm(this.folder, { recursive: true, force: true });
  }
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
