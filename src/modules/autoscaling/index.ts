export { AutoscalingService } from './autoscaling.service.js';
export * from './scaling.status.js';
