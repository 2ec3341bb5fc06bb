import { ensureBuilt } from '../../scripts/setup.mjs';

/** End-to-end tests run what a user runs: the build. */
export default function setup(): void {
  ensureBuilt();
}
