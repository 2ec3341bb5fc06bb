import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigIssue } from '../issues/config-issue.js';
import { replicaSetOfUri } from '../schema/storage.schema.js';
import { parseSize } from '../units/size.js';
import { looseObject } from './loose.js';

/** What is wrong between the keys of the storage, and between those of the spool before it. */
export function storageRules(config: unknown): ConfigIssue[] {
  return [...replicaSetRules(config), ...spoolRules(config)];
}

/** When one is full and removed, at least one other must be left. */
function spoolRules(config: unknown): ConfigIssue[] {
  const spool = looseObject(looseObject(looseObject(config)['accessLog'])['spool']);
  const { maxSize, segment } = { ...BUILT_IN.accessLog.spool, ...spool };
  const [most, one] = [parseSize(maxSize), parseSize(segment)];
  if (most === null || one === null || 2 * one <= most) return [];
  const message = `${segment} must not be above half of the largest size (${maxSize}): lower it, or raise \`maxSize\``;
  return [{ path: ['accessLog', 'spool', 'segment' in spool ? 'segment' : 'maxSize'], message }];
}

function replicaSetRules(config: unknown): ConfigIssue[] {
  const { uri, initiateReplicaSet } = looseObject(looseObject(config)['storage']);
  if (initiateReplicaSet !== true || typeof uri !== 'string' || replicaSetOfUri(uri) !== null) return [];
  const message =
    'needs a URI of one server that names its set, such as mongodb://127.0.0.1:27017/velocity?replicaSet=velocity: write one, or remove this key and initiate the set yourself';
  return [{ path: ['storage', 'initiateReplicaSet'], message }];
}
