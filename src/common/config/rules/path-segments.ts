/** The segments of a path or of a pattern of paths; empty ones mean nothing. */
export function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}
