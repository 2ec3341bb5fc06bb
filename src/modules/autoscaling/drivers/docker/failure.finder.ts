import type { EngineClient } from '../../../../common/docker/index.js';
import { oneLine } from '../../../../common/docker/index.js';

/** What stands before each piece of a log: kind of stream and length. */
const FRAME_BYTES = 8;

/** Finds out why containers ended: how, and the last line of their log. Each is asked about once. */
export class FailureFinder {
  private readonly found = new Map<string, string>();

  constructor(private readonly engine: EngineClient) {}

  /** One line for people; empty: not known. */
  why(id: string): string {
    return this.found.get(id) ?? '';
  }

  /** Looks at those that it does not know yet, and forgets all others. Rejects when the engine is away. */
  async look(ended: readonly string[]): Promise<void> {
    for (const id of this.found.keys()) if (!ended.includes(id)) this.found.delete(id);
    const unknown = ended.filter((id) => !this.found.has(id));
    await Promise.all(unknown.map(async (id) => this.found.set(id, await this.find(id))));
  }

  private async find(id: string): Promise<string> {
    try {
      const { State: state } = await this.engine.call((docker, abortSignal) =>
        docker.getContainer(id).inspect({ abortSignal }),
      );
      const how = state.OOMKilled ? 'needed more memory than its limit' : `ended with code ${state.ExitCode}`;
      const said = state.Error === '' ? await this.lastLine(id) : oneLine(state.Error);
      return said === '' ? how : `${how}: ${said}`;
    } catch {
      // Gone meanwhile, or the engine is: its state in the list says enough.
      return '';
    }
  }

  /** Some log drivers cannot be read: then there is none. */
  private async lastLine(id: string): Promise<string> {
    const log = await this.engine
      .call((docker) => docker.getContainer(id).logs({ stdout: true, stderr: true, tail: 1 }))
      .catch(() => Buffer.alloc(0));
    // dockerode parses what happens to be JSON.
    return oneLine(Buffer.isBuffer(log) ? withoutFrame(log) : JSON.stringify(log));
  }
}

/** Of a container without a terminal; one with a terminal writes without frames. */
function withoutFrame(log: Buffer): string {
  const isFramed = log.length >= FRAME_BYTES && log[0]! <= 2 && log.readUIntBE(1, 3) === 0;
  return log.subarray(isFramed ? FRAME_BYTES : 0).toString();
}
