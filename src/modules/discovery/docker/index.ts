export { containerReach } from './docker.reach.js';
export { DockerSource } from './docker.source.js';
