import type { CutExchanges, DrainReport } from './messages.js';

export const NOTHING_CUT: DrainReport = { cut: 0, services: {} };

/** What several parts of a balancer cut, as one. */
export function summedReports(reports: readonly DrainReport[]): DrainReport {
  const services = new Map<string, CutExchanges>();
  for (const report of reports) {
    for (const [name, { exchanges, tunnels }] of Object.entries(report.services)) {
      const { exchanges: others, tunnels: otherTunnels } = services.get(name) ?? { exchanges: 0, tunnels: 0 };
      services.set(name, { exchanges: others + exchanges, tunnels: otherTunnels + tunnels });
    }
  }
  return {
    cut: reports.reduce((sum, { cut }) => sum + cut, 0),
    services: Object.fromEntries([...services].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
