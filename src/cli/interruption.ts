/** Ctrl-C (or SIGTERM) as a signal to end a loop in order: the second one ends the process at once, as usual. */
export class Interruption {
  private readonly controller = new AbortController();

  private constructor() {}

  /** Listens until `end`. */
  static begin(): Interruption {
    const interruption = new Interruption();
    process.once('SIGINT', interruption.onSignal);
    process.once('SIGTERM', interruption.onSignal);
    return interruption;
  }

  get isAsked(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborts when it is asked. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Resolves after the time, or as soon as it is asked. */
  pause(ms: number): Promise<void> {
    const { signal } = this.controller;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish);
    });
  }

  end(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }

  private readonly onSignal = () => {
    this.end();
    this.controller.abort();
  };
}
