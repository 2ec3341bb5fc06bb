export { DiedContainers } from './died.containers.js';
export { EngineClient, type EngineAccess, type EngineWork } from './engine.client.js';
export { urlHost, type EngineContainer, type EnginePort } from './engine-container.js';
export type { EngineEvent } from './engine-event.js';
export { EngineFeed, type EngineFeedListener } from './engine.feed.js';
export { EngineRefusal, oneLine } from './engine.refusal.js';
