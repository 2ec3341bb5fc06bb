import { isVelocityError } from '../../../common/errors/index.js';
import type { BackendChange, RegistryService } from '../../registry/index.js';

/** Changes of this long go into one revision. */
const GATHER_MS = 15;
/** Longer notes are cut: a hundred services in one revision are told by what it changed. */
const MAX_NOTE = 300;

interface Wish {
  readonly changes: readonly BackendChange[];
  readonly note: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Brings what fleets want of the registry into as few revisions as possible, one at a time. */
export class BackendChanges {
  private wishes: Wish[] = [];
  private isBusy = false;

  constructor(private readonly registry: Pick<RegistryService, 'changeBackends'>) {}

  /**
   * Resolves when the changes run. Rejects with STORE_UNAVAILABLE, or with CONFIG_INVALID when these changes do not hold.
   *
   * @param note Why, one sentence.
   */
  submit(changes: readonly BackendChange[], note: string): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    return new Promise((done, failed) => {
      this.wishes.push({ changes, note, done, failed });
      if (this.isBusy) return;
      this.isBusy = true;
      setTimeout(() => void this.work(), GATHER_MS);
    });
  }

  private async work(): Promise<void> {
    while (this.wishes.length > 0) {
      const wishes = this.wishes.splice(0);
      await this.store(wishes);
    }
    this.isBusy = false;
  }

  private async store(wishes: readonly Wish[]): Promise<void> {
    try {
      await this.registry.changeBackends(
        wishes.flatMap(({ changes }) => changes),
        { author: 'autoscaler', origin: 'autoscaler', note: noteOf(wishes) },
      );
      for (const wish of wishes) wish.done();
    } catch (error) {
      const isRefused =
        isVelocityError(error, 'CONFIG_INVALID') || isVelocityError(error, 'CAPACITY_EXCEEDED');
      // What one of them wants must not keep the others from getting theirs.
      if (isRefused && wishes.length > 1) for (const wish of wishes) await this.store([wish]);
      else for (const wish of wishes) wish.failed(error);
    }
  }
}

function noteOf(wishes: readonly Wish[]): string {
  const note = wishes.map(({ note }) => note).join('; ');
  return note.length <= MAX_NOTE ? note : `${note.slice(0, MAX_NOTE - 1)}…`;
}
