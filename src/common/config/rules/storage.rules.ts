import type { ConfigIssue } from '../issues/config-issue.js';
import { replicaSetOfUri } from '../schema/storage.schema.js';
import { looseObject } from './loose.js';

/** What is wrong between the keys of the storage. */
export function storageRules(config: unknown): ConfigIssue[] {
  const { uri, initiateReplicaSet } = looseObject(looseObject(config)['storage']);
  if (initiateReplicaSet !== true || typeof uri !== 'string' || replicaSetOfUri(uri) !== null) return [];
  const message =
    'needs a URI of one server that names its set, such as mongodb://127.0.0.1:27017/velocity?replicaSet=velocity: write one, or remove this key and initiate the set yourself';
  return [{ path: ['storage', 'initiateReplicaSet'], message }];
}
