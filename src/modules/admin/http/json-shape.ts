import { VelocityError } from '../../../common/errors/index.js';

/** The deepest resource nests 5 levels; what is far deeper is an attack on whatever walks it recursively. */
const MAX_DEPTH = 32;

interface Visit {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

/**
 * Refuses values that must not reach a validator: nested too deeply, or with the key `__proto__`, which object literals
 * treat as the prototype. Walks with its own stack and only ever one level beyond the limit. Throws REQUEST_INVALID.
 */
export function checkShape(body: unknown): void {
  const open: Visit[] = [{ value: body, path: '', depth: 0 }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { value, path, depth } = visit;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === MAX_DEPTH) throw refused(path, `is nested deeper than ${MAX_DEPTH} levels`);
    for (const [key, child] of Object.entries(value)) {
      const childPath = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (key === '__proto__') throw refused(childPath, 'is not a known key');
      open.push({ value: child, path: childPath, depth: depth + 1 });
    }
  }
}

function refused(fullPath: string, message: string): VelocityError {
  const path = fullPath.length > 200 ? `${fullPath.slice(0, 200)}...` : fullPath;
  return new VelocityError('REQUEST_INVALID', `The body cannot be used: ${path} ${message}.`, {
    issues: [{ path, message }],
  });
}
