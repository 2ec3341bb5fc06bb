import { ExitCode } from './exit-code.js';

/** SIGINT and SIGTERM from now on: the first one asks to stop, the second one ends the process at once. */
export class StopSignals {
  /** Resolves with the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  /** Is told of the second signal, right before the process ends; must be quick. */
  onForced: (signal: NodeJS.Signals) => void = () => undefined;
  private asked = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    this.first = promise;
    const onSignal = (signal: NodeJS.Signals) => {
      if (this.asked) {
        this.onForced(signal);
        process.exit(ExitCode.failed);
      }
      this.asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  }

  /** Whether the first signal has come. */
  get isAsked(): boolean {
    return this.asked;
  }
}
