import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Nest's constructor injection reads the metadata that only swc (or tsc) emits for decorators. */
const decoratorMetadata = swc.vite({
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
});

/** Of those that take a minute and more: begun last, one of them would keep the others' processors idle at the end. */
const LONG = ['/histories/', '/coordination/', '/autoscaling/shared-load', '/faults/', '/queue/exact-limit'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((part) => moduleId.includes(part));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  plugins: [decoratorMetadata],
  test: {
    sequence: { sequencer: LongFirst },
    // Most specs wait for other processes: three at a time also where there are two cores, for which Vitest would take one.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.spec.ts', 'dashboard/src/**/*.spec.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/containers/**'],
          globalSetup: ['test/support/built.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'containers',
          include: ['test/containers/**/*.spec.ts'],
          // Builds images with all processors: after the others, whom that would slow down.
          sequence: { groupOrder: 1 },
          // Engines that start at the same time take each other's rules out of the packet filter.
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
