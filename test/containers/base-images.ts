import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { nodeBinary } from '../../scripts/setup.mjs';
import { findMongod } from '../support/mongod/mongod-binary.js';
import type { DockerEngine } from './docker.engine.js';

const run = promisify(execFile);
/** Under this name Dockerfile and docker/test-server.Dockerfile ask for it. */
export const NODE_IMAGE = 'node:26-bookworm-slim';
const MONGO_IMAGE = 'mongo:8';
const OWN_MONGO_IMAGE = 'velocity-test-mongo';
const DEBIAN_IMAGE = 'velocity-test-debian';
const NPM = 'npm@11';
const DEBOOTSTRAP = ['--variant=minbase', '--include=ca-certificates,libatomic1,libcurl4', 'bookworm'];
/** What the images do without; half of the size. */
const LEFT_OUT = ['./var/cache/apt/*', './var/lib/apt/lists/*', './usr/share/doc/*', './usr/share/locale/*'];
const DOWNLOAD_DEADLINE_MS = 300_000;
/** How npm reaches its registry on this machine. */
const NPM_SETTINGS = ['registry', 'proxy', 'https-proxy', 'noproxy'];

/**
 * The images that ours are based on: those of the engine, or fetched by it when it is somebody's own; otherwise made here
 * from Debian's packages, the Node of the package `node`, and the mongod of the tests.
 */
export class BaseImages {
  private readonly made: string[] = [];

  private constructor(
    private readonly engine: DockerEngine,
    private readonly work: string,
  ) {}

  /** Rejects with the reason when an image can be had in no way. */
  static async prepare(
    engine: DockerEngine,
    wanted: readonly ('node' | 'mongo')[] = ['node', 'mongo'],
  ): Promise<BaseImages> {
    const images = new BaseImages(engine, await mkdtemp(join(tmpdir(), 'velocity-images-')));
    try {
      if (wanted.includes('node') && !(await images.has(NODE_IMAGE))) await images.makeNode();
      if (wanted.includes('mongo') && !(await images.has(MONGO_IMAGE))) await images.makeMongo();
    } finally {
      await rm(images.work, { recursive: true, force: true });
    }
    return images;
  }

  /** For docker-compose.yml. */
  get mongo(): string {
    return this.made.includes(OWN_MONGO_IMAGE) ? OWN_MONGO_IMAGE : MONGO_IMAGE;
  }

  /** Nobody shall take the ones made here for the official ones. */
  async remove(): Promise<void> {
    if (this.made.length > 0) await this.engine.docker(['image', 'rm', '--force', ...this.made]);
  }

  private async has(image: string): Promise<boolean> {
    if (await this.engine.has(image)) return true;
    if (this.engine.isOwn) return false;
    return this.engine.docker(['pull', image], { deadlineMs: DOWNLOAD_DEADLINE_MS }).then(
      () => true,
      () => false,
    );
  }

  private async makeNode(): Promise<void> {
    const context = await this.context('node');
    await copyFile(nodeBinary, join(context, 'node'));
    await unpackNpm(join(context, 'npm'));
    await writeFile(join(context, 'npmrc'), await npmSettings());
    const authorities = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt';
    await copyFile(authorities, join(context, 'ca-certificates.crt'));
    await this.build(NODE_IMAGE, context);
  }

  private async makeMongo(): Promise<void> {
    const context = await this.context('mongo');
    await copyFile(await findMongod(), join(context, 'mongod'));
    await chmod(join(context, 'mongod'), 0o755);
    await this.build(OWN_MONGO_IMAGE, context);
    await this.engine.docker(['run', '--rm', '--network=none', OWN_MONGO_IMAGE, 'mongod', '--version']);
  }

  private async context(name: string): Promise<string> {
    await this.makeDebian();
    const context = join(this.work, name);
    await mkdir(context);
    await copyFile(resolve(import.meta.dirname, 'images', `${name}.Dockerfile`), join(context, 'Dockerfile'));
    return context;
  }

  private async makeDebian(): Promise<void> {
    if (this.made.includes(DEBIAN_IMAGE)) return;
    await this.engine.docker(['import', await debian(this.work), DEBIAN_IMAGE]);
    this.made.push(DEBIAN_IMAGE);
  }

  private async build(image: string, context: string): Promise<void> {
    await this.engine.docker(['build', '--network=none', '--tag', image, context]);
    this.made.push(image);
  }
}

/** A minimal Debian as a tar file, kept for later runs under the digest of what it is made of. */
async function debian(work: string): Promise<string> {
  const recipe = JSON.stringify([DEBOOTSTRAP, LEFT_OUT]);
  const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'velocity', 'containers');
  const path = join(cache, `debian-${digest}.tar`);
  if (await exists(path)) return path;
  const root = join(work, 'debian');
  await run('debootstrap', [...DEBOOTSTRAP, root], {
    timeout: DOWNLOAD_DEADLINE_MS,
    maxBuffer: 16 * 1024 ** 2,
  });
  await mkdir(cache, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const excluded = LEFT_OUT.map((pattern) => `--exclude=${pattern}`);
  await run('tar', ['--numeric-owner', ...excluded, '-C', root, '-cf', unfinished, '.']);
  await rename(unfinished, path);
  return path;
}

/** npm brings its own dependencies along, so its package is all that an image needs. */
async function unpackNpm(target: string): Promise<void> {
  await mkdir(target);
  const { stdout } = await run('npm', ['pack', '--silent', NPM, '--pack-destination', target], {
    timeout: DOWNLOAD_DEADLINE_MS,
    cwd: target,
  });
  const archive = join(target, stdout.trim());
  await run('tar', ['-xzf', archive, '--strip-components=1', '-C', target]);
  await rm(archive);
  for (const name of ['npm-cli.js', 'npx-cli.js']) await chmod(join(target, 'bin', name), 0o755);
}

async function npmSettings(): Promise<string> {
  const lines: string[] = [];
  for (const name of NPM_SETTINGS) {
    const { stdout } = await run('npm', ['config', 'get', name]);
    const value = stdout.trim();
    if (!['', 'null', 'undefined'].includes(value)) lines.push(`${name}=${value}\n`);
  }
  return lines.join('');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
