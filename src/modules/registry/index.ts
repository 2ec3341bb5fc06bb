export { EMPTY_STATE, type DesiredState } from './desired-state.js';
export * from './registry-store.js';
export { type RegistryView } from './registry-view.js';
export { RegistryService, type RegistryStatus } from './registry.service.js';
export { mergeDesired } from './three-way-merge.js';
