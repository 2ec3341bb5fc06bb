/** The page of the copies of one service. */
export function scaledPath(service: string): string {
  return `/scaling/${encodeURIComponent(service)}`;
}

/** Where a record of the scaling log belongs. What discovery did is not about copies, and its service need not be scaled. */
export function happeningPath({ service, desired }: Happening): string {
  return desired === null ? servicePath(service) : scaledPath(service);
}

interface Happening {
  readonly service: string;
  /** How many copies there should be; null: it is not about copies. */
  readonly desired: number | null;
}

/** The page of one service, with the details of a backend when there is one. */
export function servicePath(service: string, backend: string | null = null): string {
  const path = `/services/${encodeURIComponent(service)}`;
  return backend === null ? path : `${path}?backend=${encodeURIComponent(backend)}`;
}
