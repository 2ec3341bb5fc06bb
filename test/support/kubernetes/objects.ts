/** Objects of the Kubernetes API, as far as the emulated server knows them. */
export interface Meta {
  name: string;
  namespace: string;
  resourceVersion: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
}

export interface KubernetesObject {
  kind: string;
  metadata: Meta;
  spec?: unknown;
  status?: unknown;
  [key: string]: unknown;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  readonly version: number;
}

/** Resources by their plural name, with what lists and paths need. */
export const RESOURCES: Readonly<Record<string, { readonly group: string; readonly kind: string }>> = {
  deployments: { group: 'apps/v1', kind: 'Deployment' },
  endpointslices: { group: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  pods: { group: 'v1', kind: 'Pod' },
  services: { group: 'v1', kind: 'Service' },
};

/** Terms like `app=shop,tier=web`. */
export function matches(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector
    .split(',')
    .filter(Boolean)
    .every((term) => {
      const [key = '', value = ''] = term.split('=');
      return labels[key] === value;
    });
}
