export { AccessToken } from './access/access-token.js';
export { signInLink } from './access/sign-in.link.js';
export { openTokenFile } from './access/token.file.js';
export { configureAdmin } from './admin.server.js';
export {
  BackendHealthPort,
  type ConfigFileStatus,
  type FitnessReport,
  LogQueryPort,
  MetricsPort,
  ReadinessPort,
  RegistryPort,
  type SystemStatus,
  SystemStatusPort,
  TrafficPort,
} from './ports.js';
export { SharedMemoryTraffic } from './shared-memory.traffic.js';
