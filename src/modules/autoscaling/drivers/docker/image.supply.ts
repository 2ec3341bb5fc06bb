import { VelocityError } from '../../../../common/errors/index.js';
import { EngineRefusal, oneLine, type EngineClient } from '../../../../common/docker/index.js';

/** A large image over a slow line. */
const PULL_DEADLINE_MS = 600_000;

/** Sees to it that an image is there: what the engine does not have, it fetches once. */
export class ImageSupply {
  private fetching: Promise<void> | null = null;

  constructor(
    private readonly engine: EngineClient,
    private readonly image: string,
  ) {}

  /** Rejects with DRIVER_REFUSED, saying why, when the image can be had in no way. */
  async ensure(): Promise<void> {
    if (await this.isThere()) return;
    this.fetching ??= this.fetch().finally(() => (this.fetching = null));
    await this.fetching;
  }

  private async isThere(): Promise<boolean> {
    try {
      await this.engine.call((docker) => docker.getImage(this.image).inspect());
      return true;
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      if (error.status === 404) return false;
      throw error.asVelocityError(`the image "${this.image}" cannot be looked up`);
    }
  }

  /** Without a password: what only its owner may have must be fetched beforehand. */
  private async fetch(): Promise<void> {
    const problem = await this.pull().catch((error: unknown) => {
      if (error instanceof EngineRefusal) return error.message;
      throw error;
    });
    if (problem === null && (await this.isThere())) return;
    throw new VelocityError(
      'DRIVER_REFUSED',
      `the engine at ${this.engine.where} does not have the image "${this.image}" and cannot fetch it: ${problem ?? 'it is not there after it was fetched'}. ` +
        'Build it there, or fetch it with `docker pull` where it needs a password',
    );
  }

  /** Resolves with what went wrong; null: nothing. The engine says it in the midst of its progress, with status 200. */
  private pull(): Promise<string | null> {
    return this.engine.call(async (docker, abortSignal) => {
      const progress = (await docker.pull(this.image, { abortSignal })) as NodeJS.ReadableStream;
      let text = '';
      for await (const piece of progress) text += String(piece);
      return pullProblem(text);
    }, PULL_DEADLINE_MS);
  }
}

/** The error among the lines of a pull's progress; null: none. */
export function pullProblem(progress: string): string | null {
  for (const line of progress.split('\n')) {
    if (!line.includes('"error"')) continue;
    try {
      const { error } = JSON.parse(line) as { error?: unknown };
      if (typeof error === 'string') return oneLine(error);
    } catch {
      return oneLine(line);
    }
  }
  return null;
}
