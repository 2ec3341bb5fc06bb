import { type ComponentType, lazy } from 'react';
import type { IconName } from '../kit/icon';
import type { PageParameters } from './page-parameters';

export interface PageEntry {
  /** Such as `/services/:name`. The first segment has to be in `DASHBOARD_SECTIONS` of the server. */
  readonly path: string;
  readonly page: ComponentType<PageParameters>;
  /** Of an entry of the navigation; without it the page is reached from others. */
  readonly entry?: { readonly title: string; readonly icon: IconName; readonly key: string };
}

/** Every page. The first that fits the path is shown; each is loaded when it is first opened. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    page: lazy(() => import('./overview/overview.page')),
    entry: { title: 'Overview', icon: 'overview', key: 'o' },
  },
  {
    path: '/services',
    page: lazy(() => import('./services/services.page')),
    entry: { title: 'Services', icon: 'services', key: 's' },
  },
  { path: '/services/:name', page: lazy(() => import('./services/service.page')) },
  {
    path: '/scaling',
    page: lazy(() => import('./scaling/scaling.page')),
    entry: { title: 'Scaling', icon: 'scaling', key: 'i' },
  },
  { path: '/scaling/:name', page: lazy(() => import('./scaling/scaled-service.page')) },
  {
    path: '/discovery',
    page: lazy(() => import('./discovery/discovery.page')),
    entry: { title: 'Discovery', icon: 'discovery', key: 'd' },
  },
  {
    path: '/logs',
    page: lazy(() => import('./logs/logs.page')),
    entry: { title: 'Logs', icon: 'logs', key: 'l' },
  },
  { path: '/logs/:id', page: lazy(() => import('./logs/record.page')) },
  {
    path: '/analytics',
    page: lazy(() => import('./analytics/analytics.page')),
    entry: { title: 'Analytics', icon: 'analytics', key: 'a' },
  },
  { path: '/explain', page: lazy(() => import('./explain/explain.page')) },
  {
    path: '/protection',
    page: lazy(() => import('./protection/protection.page')),
    entry: { title: 'Protection', icon: 'protection', key: 'p' },
  },
  {
    path: '/probes',
    page: lazy(() => import('./probes/probes.page')),
    entry: { title: 'Probes', icon: 'probes', key: 'b' },
  },
  {
    path: '/configuration',
    page: lazy(() => import('./configuration/configuration.page')),
    entry: { title: 'Configuration', icon: 'configuration', key: 'c' },
  },
  { path: '/configuration/history', page: lazy(() => import('./configuration/history.page')) },
  { path: '/configuration/history/:number', page: lazy(() => import('./configuration/revision.page')) },
  {
    path: '/system',
    page: lazy(() => import('./system/system.page')),
    entry: { title: 'System', icon: 'system', key: 'y' },
  },
];
