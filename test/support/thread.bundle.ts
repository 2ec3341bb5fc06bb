import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * A TypeScript file with all that it imports as one JavaScript file, for `new Worker(...)`: a thread does not go through
 * Vitest's transformation, and a native transpiler loaded by several threads at once crashes the process.
 */
export class ThreadBundle {
  private constructor(
    /** Path of the JavaScript file. */
    readonly path: string,
    private readonly folder: string,
  ) {}

  static async of(entry: URL): Promise<ThreadBundle> {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-thread-'));
    await build({
      configFile: false,
      logLevel: 'error',
      root: fileURLToPath(new URL('.', entry)),
      build: {
        ssr: fileURLToPath(entry),
        outDir: folder,
        minify: false,
        target: 'node24',
        rolldownOptions: { output: { entryFileNames: 'thread.mjs' } },
      },
    });
    return new ThreadBundle(join(folder, 'thread.mjs'), folder);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
