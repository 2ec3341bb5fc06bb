export type { GuardOutcome, GuardStatus, ServiceComparison, WatchedGuard } from './guard/guard.status.js';
export { GuardKeeper } from './guard/guard.keeper.js';
export type { Traffic } from './guard/traffic.js';
export type { AddedBackend, Plan, RemovedBackend } from './plan/plan.js';
export { MAX_REPLAY, Planner } from './plan/planner.js';
export { statePatch } from './plan/state.patch.js';
export type * from './replay/replay.report.js';
