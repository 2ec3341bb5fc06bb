/** What the balancer knows about its own fitness to serve. Every call is cheap and does not wait. */
export interface ReadinessSource {
  /** Data-plane threads; when the control plane serves itself, it counts as one. */
  workers(): { readonly configured: number; readonly listening: number };
  /** Generation of the snapshot that runs; 0: none was published yet. */
  generation(): number;
  /** Why the newest configuration was refused; null: it was not. */
  configError(): string | null;
}

export const READINESS_SOURCE = Symbol('ReadinessSource');
