export { DockerDriver, type DockerDriverSettings } from './docker.driver.js';
export { MANAGED_LABEL } from './managed-labels.js';
