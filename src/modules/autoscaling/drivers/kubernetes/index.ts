export type { ClusterSurroundings } from './cluster.access.js';
export {
  KubernetesDriver,
  type KubernetesDriverParts,
  type KubernetesDriverTimes,
} from './kubernetes.driver.js';
