export { AutoscalingService } from './autoscaling.service.js';
export type * from './decision/index.js';
export * from './scaling.status.js';
