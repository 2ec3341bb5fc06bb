/** `npm start`: sets up what is missing, then runs the balancer with the demo backends. Arguments go to `velocity run`. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, nodeBinary, root, toolEnvironment } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['--config', path.join('config', 'velocity.yml'), '--demo'];
const balancer = spawn(nodeBinary, [path.join(root, 'dist', 'main.js'), 'run', ...args], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to the whole group by itself; a supervisor's signal reaches only this process.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => balancer.kill('SIGTERM'));
balancer.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
