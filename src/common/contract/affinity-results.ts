/** What affinity did to the pick. `fallback`: its backend was out of rotation, another one was taken. */
export const AFFINITY_RESULTS = ['none', 'new', 'hit', 'fallback'] as const;
export type AffinityResult = (typeof AFFINITY_RESULTS)[number];
