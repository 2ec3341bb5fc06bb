import {
  BACKEND_CELLS,
  BackendCell,
  BackendState,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from './shared-memory.js';
import type { HealthState } from './health-log.js';
import { monotonicMs } from './monotonic-clock.js';

/** The operator's will. */
export const ADMIN_STATES = ['enabled', 'draining', 'disabled'] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

const HEALTH_BITS = BackendState.unknown | BackendState.unhealthy;
/** Of `BackendCell.state`: the operator's will. */
export const ADMIN_BITS = BackendState.draining | BackendState.disabled;
const HEALTH_BIT: Record<HealthState, number> = {
  healthy: 0,
  unknown: BackendState.unknown,
  unhealthy: BackendState.unhealthy,
};
const ADMIN_BIT: Record<AdminState, number> = {
  enabled: 0,
  draining: BackendState.draining,
  disabled: BackendState.disabled,
};

/**
 * Writes and reads health and admin state of backends, which only the control plane changes, and whether they are available.
 * Every change moves the service's epoch, so that workers rebuild its rotation at their next pick.
 */
export class BackendStates {
  constructor(private readonly memory: SharedMemory) {}

  /** Occupies a slot: health unknown, nothing in flight. */
  occupy(slot: number, serviceSlot: number, admin: AdminState): void {
    const row = slot * BACKEND_CELLS;
    for (let cell = 0; cell < BACKEND_CELLS; cell++) Atomics.store(this.memory.backends, row + cell, 0);
    Atomics.store(this.memory.backends, row + BackendCell.state, BackendState.unknown | ADMIN_BIT[admin]);
    this.touch(serviceSlot);
  }

  /** Marks a slot as holding nobody. */
  vacate(slot: number): void {
    Atomics.store(this.memory.backends, slot * BACKEND_CELLS + BackendCell.state, BackendState.vacant);
  }

  setHealth(slot: number, serviceSlot: number, health: HealthState): void {
    this.write(slot, serviceSlot, HEALTH_BITS, HEALTH_BIT[health]);
  }

  setAdminState(slot: number, serviceSlot: number, admin: AdminState): void {
    this.write(slot, serviceSlot, ADMIN_BITS, ADMIN_BIT[admin]);
  }

  health(slot: number): HealthState {
    const bits = this.bits(slot);
    if (bits & BackendState.unknown) return 'unknown';
    return bits & BackendState.unhealthy ? 'unhealthy' : 'healthy';
  }

  adminState(slot: number): AdminState {
    const bits = this.bits(slot);
    if (bits & BackendState.disabled) return 'disabled';
    return bits & BackendState.draining ? 'draining' : 'enabled';
  }

  isAvailable(slot: number): boolean {
    return this.bits(slot) === 0;
  }

  inFlight(slot: number): number {
    return Atomics.load(this.memory.backends, slot * BACKEND_CELLS + BackendCell.inFlight);
  }

  /** Makes workers rebuild the rotation of a service. */
  touch(serviceSlot: number): void {
    touchService(this.memory, serviceSlot);
  }

  private bits(slot: number): number {
    return Atomics.load(this.memory.backends, slot * BACKEND_CELLS + BackendCell.state);
  }

  private write(slot: number, serviceSlot: number, mask: number, value: number): void {
    if (changeState(this.memory, slot, mask, value)) this.touch(serviceSlot);
  }
}

/** Moves the epoch of a service: every worker rebuilds its rotation at the next pick. */
export function touchService(memory: SharedMemory, serviceSlot: number): void {
  Atomics.add(memory.services, serviceSlot * SERVICE_CELLS + ServiceCell.epoch, 1);
}

/**
 * Sets the bits of `mask` to `value` in a backend's state, whatever other threads do to other bits meanwhile. A backend
 * that becomes available begins its slow start. Whether anything has changed; then the service's epoch is to be moved.
 */
export function changeState(memory: SharedMemory, slot: number, mask: number, value: number): boolean {
  const row = slot * BACKEND_CELLS;
  const cell = row + BackendCell.state;
  for (;;) {
    const before = Atomics.load(memory.backends, cell);
    const after = (before & ~mask) | value;
    if (after === before) return false;
    // Before the state: who sees the backend available sees since when.
    if (after === 0) Atomics.store(memory.backends, row + BackendCell.warmingSinceDs, nowDs());
    if (Atomics.compareExchange(memory.backends, cell, before, after) === before) return true;
  }
}

/** Tenths of a second, wrapped to 32 bits and never 0 (0 means "not warming"). */
export function nowDs(): number {
  return Math.floor(monotonicMs() / 100) | 0 || 1;
}
