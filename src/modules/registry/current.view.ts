import { Logger } from '@nestjs/common';
import { isSameView, type RegistryView } from './registry-view.js';

/** What runs, and who wants to know of each change of it. */
export class CurrentView {
  private readonly logger = new Logger(CurrentView.name);
  private readonly listeners: ((view: RegistryView) => void)[] = [];

  constructor(private view: RegistryView) {}

  get value(): RegistryView {
    return this.view;
  }

  /** Calls back after each change, in order of registration. */
  onChanged(listener: (view: RegistryView) => void): void {
    this.listeners.push(listener);
  }

  change(view: RegistryView): void {
    const isSame = isSameView(this.view, view);
    this.view = view;
    if (isSame) return;
    for (const listener of this.listeners) {
      try {
        listener(view);
      } catch (error) {
        // The state is stored and stands: one listener that fails must not keep it from the others.
        this.logger.error(error, `A listener failed on revision ${view.revision.number}`);
      }
    }
  }
}
