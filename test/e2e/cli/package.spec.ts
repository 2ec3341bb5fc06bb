import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { request } from '../../support/load.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
/** What npm says when it cannot reach a registry, nor find the packages in its cache. */
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i;

/** The package as somebody gets it who has no clone: packed, and installed globally into a folder of its own. */
describe('the package', () => {
  const stage = new Stage();
  let folder: string;
  let tarball: string;
  let unreachable = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'velocity-package-'));
    await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
    tarball = path.join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith('.tgz'))!,
    );
    try {
      const args = [
        'install',
        '--global',
        '--prefix',
        path.join(folder, 'global'),
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
      ];
      await run('npm', [...args, tarball], { cwd: folder, timeout: 240_000 });
    } catch (error) {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      if (!UNREACHABLE.test(stderr)) throw new Error(`${message}\n${stderr}`, { cause: error });
      unreachable = stderr.split('\n')[0] ?? message;
      process.stderr.write(
        `SKIPPED: specs that install the package: no registry can be reached: ${unreachable}\n`,
      );
    }
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const installed = () => path.join(folder, 'global', 'bin', 'velocity');

  it('holds what runs, and nothing that only builds or tests', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout
      .trim()
      .split('\n')
      .map((name) => name.replace(/^package\//, ''));
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/velocity.mjs',
        'dist/main.js',
        'dist/data-plane.worker.js',
        'dist/dashboard/index.html',
        'LICENSE',
        'README.md',
        'config/velocity.schema.json',
      ]),
    );
    expect(
      files.filter((name) =>
        /^(src|dashboard|test|bench|scripts|node_modules|data)\/|\.(ts|map)$|built$/.test(name),
      ),
    ).toEqual([]);
  });

  it('says its version from anywhere', async (context) => {
    if (unreachable !== '') return context.skip();
    const { stdout } = await run(installed(), ['version', '--json'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ version: '0.1.0' });
  });

  it('balances without any file', async (context) => {
    if (unreachable !== '') return context.skip();
    const backends = await stage.backends(2);
    const to = backends.flatMap(({ port }) => ['--to', `:${port}`]);
    const child = spawn(installed(), ['run', ...to, '--listen', '127.0.0.1:0', '--admin-port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: child.stdout });
      let port = 0;
      for await (const line of lines) {
        const entry = JSON.parse(line) as { event?: string; listeners?: { port: number }[] };
        if (entry.event === 'ready') {
          port = entry.listeners![0]!.port;
          break;
        }
      }
      const answers = await Promise.all([1, 2, 3, 4].map(() => request({ port, host: 'any' })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    }
  });
});
