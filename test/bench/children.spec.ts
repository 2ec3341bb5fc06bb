import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Children } from '../../bench/support/children.js';
import { processTree } from '../../bench/support/process-tree.js';
import { readCpu, readResident } from '../../bench/support/process-reading.js';

function startNode(children: Children, code: string) {
  return children.start({ name: 'child', command: process.execPath, args: ['-e', code], cores: null });
}

it('ends a process with its descendants, and removes the folder', async () => {
  const children = new Children();
  onTestFinished(() => children.killAll());
  const child = startNode(
    children,
    `const { pid } = require('node:child_process').spawn('sleep', ['1000']);
     console.log(pid);
     setInterval(() => undefined, 1000);`,
  );
  const [line] = (await once(child.process.stdout!, 'data')) as [Buffer];
  expect(processTree(child.pid)).toEqual([child.pid, Number(line)]);
  await children.stop(child);
  expect(child.hasEnded).toBe(true);
  expect(() => child.assertRuns()).toThrow('child ended by itself');
  children.killAll();
  expect(existsSync(children.folder)).toBe(false);
});

it('reads CPU time by thread and memory of a tree', async () => {
  const children = new Children();
  onTestFinished(() => children.killAll());
  const burn = `const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);`;
  const child = startNode(children, `${burn} console.log('done'); setInterval(() => undefined, 1000);`);
  await once(child.process.stdout!, 'data');
  const { totalUs, mainUs, othersUs } = readCpu(child.pid);
  expect(mainUs).toBeGreaterThan(300_000);
  // Two clocks of the kernel; the first one moves in steps of 10 ms for user and system each.
  expect(Math.abs(totalUs - mainUs - othersUs)).toBeLessThan(50_000);
  expect(readResident(child.pid)).toBeGreaterThan(10 * 1_048_576);
});

it('tells why a program failed', async () => {
  const children = new Children();
  onTestFinished(() => children.killAll());
  const args = ['-e', 'console.error("the reason"); process.exit(3)'];
  const run = children.run({ name: 'broken', command: process.execPath, args, cores: null });
  await expect(run).rejects.toThrow(/broken failed \(3\).*the reason/s);
});
