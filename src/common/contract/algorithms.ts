/** How a backend is picked. Its own file, free of imports: the dashboard offers them. */
export const ALGORITHM_NAMES = [
  'round-robin',
  'weighted-round-robin',
  'least-connections',
  'random',
  'power-of-two-choices',
  'peak-ewma',
  'ip-hash',
  'url-hash',
  'header-hash',
  'sticky-round-robin',
] as const;

export type AlgorithmName = (typeof ALGORITHM_NAMES)[number];
