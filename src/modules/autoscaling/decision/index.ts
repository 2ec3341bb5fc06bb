export { decide, NO_MEMORY, type Decided } from './decide.js';
export type * from './decision.js';
export { ScheduleFloor, type Floor } from './schedule.floor.js';
export type { ScalingSettings } from './settings.js';
