/** Paths of the admin API. */
const API = '/api/v1';

export const ROUTES = {
  status: `${API}/status`,
  services: `${API}/services`,
  analyticsTop: `${API}/analytics/top`,
  accessLogEvents: `${API}/events/access-logs`,
  explain: `${API}/explain`,
  explained: (id: string) => `${API}/explain/${encodeURIComponent(id)}`,
  accessLogs: `${API}/access-logs`,
  revisions: `${API}/revisions`,
  plan: `${API}/plan`,
  apply: `${API}/apply`,
  guard: `${API}/guard`,
  confirm: `${API}/guard/confirm`,
  revert: `${API}/guard/revert`,
  tokens: `${API}/tokens`,
  whoami: `${API}/whoami`,
  bans: `${API}/bans`,
  banCheck: `${API}/bans/check`,
  scalingLogs: `${API}/scaling-logs`,
  auditLogs: `${API}/audit-logs`,
  balancers: `${API}/balancers`,
  discovery: `${API}/discovery`,
  scaling: `${API}/scaling`,
  metrics: '/metrics',
  service: (name: string) => `${API}/services/${encodeURIComponent(name)}`,
  backends: (service: string) => `${API}/services/${encodeURIComponent(service)}/backends`,
  backend: (service: string, id: string) =>
    `${API}/services/${encodeURIComponent(service)}/backends/${encodeURIComponent(id)}`,
  returnService: (name: string) => `${API}/services/${encodeURIComponent(name)}/return`,
  returnBackend: (service: string, id: string) =>
    `${API}/services/${encodeURIComponent(service)}/backends/${encodeURIComponent(id)}/return`,
  scalingOf: (service: string) => `${API}/scaling/${encodeURIComponent(service)}`,
  revision: (number: number) => `${API}/revisions/${number}`,
  token: (id: string) => `${API}/tokens/${encodeURIComponent(id)}`,
} as const;
