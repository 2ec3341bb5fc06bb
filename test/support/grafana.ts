import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const CONFIG = path.resolve(import.meta.dirname, '../../config');

/** Of a dashboard of Grafana, what the tests look at. */
export interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly DashboardVariable[] };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

export interface DashboardVariable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

export const ALERTS_PATH = path.join(CONFIG, 'prometheus/alerts.yml');
export const SCRAPE_PATH = path.join(CONFIG, 'prometheus/prometheus.yml');

export function dashboard(): Dashboard {
  return JSON.parse(readFileSync(path.join(CONFIG, 'grafana/velocity.json'), 'utf8')) as Dashboard;
}

export function alertRules(): readonly AlertRule[] {
  const file = parse(readFileSync(ALERTS_PATH, 'utf8')) as { groups: { rules: AlertRule[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

/** All expressions of the dashboard, with values for what Grafana fills in. */
export function dashboardQueries(): readonly string[] {
  const { panels, annotations } = dashboard();
  return [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...annotations.list.flatMap(({ expr }) => (expr === undefined ? [] : [expr])),
  ].map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll(/"\$\w+"/g, '".*"'));
}
