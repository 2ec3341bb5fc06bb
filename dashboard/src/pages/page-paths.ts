/** The page of the copies of one service. */
export function scaledPath(service: string): string {
  return `/scaling/${encodeURIComponent(service)}`;
}

/** The page of one service, with the details of a backend when there is one. */
export function servicePath(service: string, backend: string | null = null): string {
  const path = `/services/${encodeURIComponent(service)}`;
  return backend === null ? path : `${path}?backend=${encodeURIComponent(backend)}`;
}
