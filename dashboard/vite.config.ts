import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const ADMIN = process.env['VELOCITY_ADMIN'] ?? 'http://127.0.0.1:3000';
const compress = promisify(gzip);

/** Writes each file a second time, compressed: the balancer spends no CPU time on it while it serves traffic. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const names = [...Object.keys(bundle), 'assets/theme.js', 'assets/icon.svg'];
      await Promise.all(
        names.map(async (name) => {
          const file = path.join(dir, name);
          await writeFile(`${file}.gz`, await compress(await readFile(file), { level: 9 }));
        }),
      );
    },
  };
}

// What is built is what users get, also when something that runs with NODE_ENV=test or =development builds it.
if (process.argv.includes('build')) process.env['NODE_ENV'] = 'production';

/** `npm run build` makes `dist/dashboard`; `npm run dashboard` serves the sources beside a running balancer. */
export default defineConfig({
  plugins: [precompressed()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': ADMIN, '/health': ADMIN, '/docs': ADMIN } },
});
