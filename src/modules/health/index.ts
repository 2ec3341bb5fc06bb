export { HEALTH_RECORDER, type HealthRecorder } from './health.recorder.js';
export { HealthService, type HealthServiceParts } from './health.service.js';
export type { BackendHealthStatus, HealthChange, ProbeStatus } from './health.status.js';
export { type ProbeClock, SYSTEM_CLOCK } from './probe.clock.js';
export { PROBE_LIMITS, type ProbeLimits, type ProbeLoad, ProbeScheduler } from './probe.scheduler.js';
export {
  createProbes,
  type Probe,
  type ProbeResult,
  type ProbeSet,
  type ProbeSubject,
} from './probes/index.js';
export { ReadinessService } from './readiness/readiness.service.js';
export { READINESS_SOURCE, type ReadinessSource } from './readiness/readiness.source.js';
