import type { ServiceRuntime } from './service-runtime.js';

const SLASH = 0x2f;

/**
 * The path prefixes of one host. A prefix matches whole segments: `/api` matches `/api` and `/api/x`, not `/apix`;
 * a trailing slash means nothing (`/api/` is `/api`), as in Kubernetes' Ingress. `/` matches every path, also
 * the `*` of OPTIONS. Paths are compared raw: neither decoded nor case-folded nor cleaned of dots.
 */
export class PathTable {
  private readonly services = new Map<string, ServiceRuntime>();
  /** Distinct lengths of the prefixes other than `/`, longest first. */
  private lengths: number[] = [];
  private root: ServiceRuntime | null = null;

  /** The first service to claim a prefix keeps it; validation refuses a second one before it comes here. */
  add(prefix: string, service: ServiceRuntime): void {
    const key = withoutTrailingSlashes(prefix);
    if (key === '') {
      this.root ??= service;
      return;
    }
    if (this.services.has(key)) return;
    this.services.set(key, service);
    if (!this.lengths.includes(key.length))
      this.lengths = [...this.lengths, key.length].sort((a, b) => b - a);
  }

  /**
   * The service with the longest matching prefix, or null. Looks a prefix up only where a segment ends and only at
   * lengths that exist, so the cost depends on the shape of the prefixes, not on their number.
   */
  find(path: string): ServiceRuntime | null {
    const lengths = this.lengths;
    for (let index = 0; index < lengths.length; index++) {
      const length = lengths[index]!;
      if (!isSegmentEnd(path, length)) continue;
      const service = this.services.get(path.slice(0, length));
      if (service !== undefined) return service;
    }
    return this.root;
  }
}

function isSegmentEnd(path: string, length: number): boolean {
  return path.length === length || (path.length > length && path.charCodeAt(length) === SLASH);
}

function withoutTrailingSlashes(prefix: string): string {
  let end = prefix.length;
  while (end > 0 && prefix.charCodeAt(end - 1) === SLASH) end--;
  return prefix.slice(0, end);
}
