export * from './decision/index.js';
export {
  endOrphans,
  type EndedOrphan,
  ProcessDriver,
  type ProcessDriverParts,
} from './drivers/process/index.js';
export { AutoscalingService } from './autoscaling.service.js';
export * from './scaling.status.js';
