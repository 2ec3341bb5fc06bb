export type * from './velocity-config.js';
export * from './scaling-config.js';
export type * from './discovery-config.js';
export { OUTPUT_FORMATS, type AccessLogOutput, type OutputFormat } from './access-log-output.js';
export { broughtBackendProblem, parseBackendsText, type BroughtBackend } from './backends-text.parser.js';
export { parseBackendInput, parseBackendPatch, parseDesiredBody, parseServiceInput } from './body.parser.js';
export { loadConfigFile, MAX_CONFIG_BYTES, readConfigFile, type LoadedConfig } from './config.loader.js';
export { ConfigWatcher, type ConfigWatcherEvents } from './config.watcher.js';
export { parseConfigText, type ParsedConfig } from './config.parser.js';
export { desiredOf, parseDesiredText, type ParsedDesired } from './desired-text.parser.js';
export {
  desiredProblem,
  desiredSchema,
  resolveService,
  validateDesired,
  assertReferences,
  validateServiceChange,
  type DesiredInput,
} from './desired-state.validator.js';
export { nearestKey } from './issues/nearest-key.js';
export { backendId } from './resolve/backend.resolver.js';
export { resolveGlobals } from './resolve/globals.resolver.js';
export { processEnvironment, type Environment } from './source/environment.js';
export * from './schema.js';
export { normalisedBackendUrl } from './units/backend-origin.js';
export { isLoopback } from './units/loopback.js';
export { networkProblem } from './units/network-address.js';
export { durationProblem, formatDuration, parseDuration } from './units/duration.js';
