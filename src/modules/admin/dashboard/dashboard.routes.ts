/**
 * Paths that show a page of the dashboard: the browser application decides which. A page's path starts with one of
 * these; everything else stays an unknown route. Keep it equal to the pages of `dashboard/src/pages/pages.ts`.
 */
export const DASHBOARD_SECTIONS = [
  'services',
  'scaling',
  'discovery',
  'logs',
  'analytics',
  'explain',
  'protection',
  'configuration',
  'probes',
  'system',
] as const;

/** Express paths of all pages. */
export const DASHBOARD_PAGES: string[] = [
  '',
  ...DASHBOARD_SECTIONS.flatMap((section) => [section, `${section}/*rest`]),
];
