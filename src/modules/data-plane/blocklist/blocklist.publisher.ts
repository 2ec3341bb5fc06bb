import type { Ban, BanReceiver } from '../../../common/contract/index.js';

/** Builds the images of what is blocked, and publishes each when it changed. */
export class BlocklistPublisher implements BanReceiver {
  private bans: readonly Ban[] = [];

  useBans(bans: readonly Ban[]): void {
    this.bans = bans;
  }

  /** Bans that hold. */
  get banCount(): number {
    return this.bans.length;
  }
}
