import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export const MIB = 1_024 * 1_024;

/** Bytes that this thread holds, in its heap and in buffers, after what is garbage has gone. Not what the kernel holds. */
export async function heldBytes(): Promise<number> {
  let held = Infinity;
  // Buffers are given back behind the collection, by another thread: the lowest of some readings counts.
  for (let reading = 0; reading < 4; reading++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { heapUsed, external } = process.memoryUsage();
    held = Math.min(held, heapUsed + external);
  }
  return held;
}

/** What is held now beyond what was held when the gauge was made. */
export class MemoryGauge {
  private constructor(private readonly before: number) {}

  static async start(): Promise<MemoryGauge> {
    return new MemoryGauge(await heldBytes());
  }

  async grownMiB(): Promise<number> {
    return ((await heldBytes()) - this.before) / MIB;
  }
}
