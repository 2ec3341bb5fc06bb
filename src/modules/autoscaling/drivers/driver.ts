/** One running copy of a service's application. */
export interface Instance {
  /** Stable as long as it lives, unique within its driver: a pid with its start time, a container id, a pod's name. */
  readonly id: string;
  /** Origin such as `http://127.0.0.1:9201`; null: not known yet, or none of our business (webhook). */
  readonly url: string | null;
  /** `failed`: ended by itself or never came up; shown until the driver has started another one. */
  readonly state: 'starting' | 'running' | 'stopping' | 'failed';
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Why it failed, or what it waits for; empty: nothing to say. One line, for people. */
  readonly detail: string;
  /** Share of its CPUs that it used over the last seconds (1: all of them); null: the driver does not know. */
  readonly cpu: number | null;
  /** Started with other settings (image, command) than the driver has now: replaced by and by. Absent: no, or not known. */
  readonly isOutdated?: boolean;
}

/**
 * Starts and ends copies of one service's application. Does not know the registry, and decides nothing: how many, and which
 * one goes, is said by the fleet. One driver per service; no call may block the main thread, each may take seconds.
 * Rejects with a VelocityError that says what to do: DRIVER_UNAVAILABLE (the engine is away: tried again by the caller),
 * DRIVER_REFUSED (the settings cannot work: no such command, no such image).
 */
export interface Driver {
  /** All that are there, also those that an earlier process of ours has started: they are adopted. Draining ones are `running`. */
  list(): Promise<readonly Instance[]>;
  /** Asks for so many more. Resolves when they are asked for: they are in `list()` from then on. */
  start(count: number): Promise<void>;
  /** Ends these (drained already). Resolves when they are gone. Unknown ids: nothing happens. */
  stop(ids: readonly string[]): Promise<void>;
  /** Calls back when `list()` would answer otherwise than before. The result ends it. */
  watch(changed: () => void): () => void;
  /**
   * Lets go of timers and connections. What runs goes on, but for processes, which end with the balancer: they are stopped,
   * unless they are handed over.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** Processes go on, and the next driver of the service adopts them: another balancer of this machine takes over. Default: false. */
  readonly handOver?: boolean;
}
