export { changeLines } from './change-lines.js';
export * from './change.js';
export { CONTENT_FORMAT, writeContent } from './contents/content.writer.js';
export { EMPTY_STATE, canonicalState, settingsOf, type DesiredState } from './desired-state.js';
export { backendTag, serviceTag, stateTag } from './entity-tags.js';
export * from './registry-store.js';
export { type RegistryView } from './registry-view.js';
export { RegistryService, type RegistryStatus } from './registry.service.js';
export { mergeDesired } from './three-way-merge.js';
