/** The one truth about what may be written, in YAML and in API bodies. */
export * from './schema/globals.schema.js';
export * from './schema/address-list.schema.js';
export * from './schema/ban.schema.js';
export { algorithmSchema, type AlgorithmInput } from './schema/algorithm.schema.js';
export {
  backendEntrySchema,
  backendPatchSchema,
  backendSchema,
  type BackendInput,
  type BackendPatch,
} from './schema/backend.schema.js';
export { configSchema, type ConfigInput } from './schema/config.schema.js';
export {
  discoverySchema,
  discoverySourceSchema,
  type DiscoverySourceInput,
} from './schema/discovery.schema.js';
export { healthSchema, type HealthInput } from './schema/health.schema.js';
export { listenerSchema, type ListenerInput } from './schema/listener.schema.js';
export {
  defaultsSchema,
  serviceSchema,
  type DefaultsInput,
  type ServiceInput,
} from './schema/service.schema.js';
export { driversSchema } from './schema/scaling/drivers.schema.js';
export { DRIVER_NAMES, scalingSchema, type ScalingInput } from './schema/scaling/scaling.schema.js';
export { rateLimitSchema, type RateLimitInput } from './schema/rate-limit.schema.js';
export { storageSchema, type StorageInput } from './schema/storage.schema.js';
export { tlsSchema, type TlsInput } from './schema/tls.schema.js';
