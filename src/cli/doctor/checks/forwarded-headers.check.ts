import ipaddr from 'ipaddr.js';
import type { AccessLogRecord } from '../../../common/contract/index.js';
import { ROUTES } from '../../admin/admin.routes.js';
import { CommandFailure } from '../../command.failure.js';
import { percent } from '../../terminal/amounts.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';

const SUBJECT = 'trust';
const SAMPLE = 1_000;
/** Fewer say nothing about who is in front of us. */
const FEW = 100;
/** One address that sends nearly everything, as different programs, is a proxy and no client. */
const NEARLY_ALL = 0.95;
const SEVERAL_AGENTS = 3;
/** Wider blocks hold strangers. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;

/** Whether the right ones are believed when they name the client's address. */
export async function checkForwardedHeaders(examination: Examination): Promise<Finding[]> {
  const networks = examination.config?.trustedProxies ?? [];
  const findings = networks.flatMap((network) => width(network));
  const unknown = await unknownProxy(examination, networks);
  if (findings.length > 0 || unknown.length > 0) return [...findings, ...unknown];
  if (examination.config === null) return [];
  return [
    ok(
      SUBJECT,
      networks.length === 0
        ? 'nobody’s X-Forwarded-* headers are believed'
        : `only ${networks.join(', ')} are believed`,
    ),
  ];
}

function width(network: string): Finding[] {
  const [address = '', prefix] = network.split('/');
  if (prefix === undefined) return [];
  if (prefix === '0') {
    return [
      problem(
        SUBJECT,
        `trustedProxies has ${network}: every client names its own address, in logs and for hashing and limits`,
        'List the proxies in front of us, and nobody else.',
      ),
    ];
  }
  const parsed = ipaddr.parse(address);
  if (Number(prefix) >= WIDEST[parsed.kind()] || parsed.range() !== 'unicast') return [];
  return [
    notice(
      SUBJECT,
      `trustedProxies has ${network}, which holds strangers`,
      'Name only the networks of your own proxies.',
    ),
  ];
}

/** A proxy in front of us that is not trusted hides the addresses of all clients behind its own. */
async function unknownProxy({ client }: Examination, networks: readonly string[]): Promise<Finding[]> {
  if (client === null) return [];
  let records: readonly AccessLogRecord[];
  try {
    ({ items: records } = await client.get<{ items: readonly AccessLogRecord[] }>(ROUTES.accessLogs, {
      query: { limit: SAMPLE },
    }));
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return [notice(SUBJECT, `the access log could not be looked at: ${error.message}`)];
  }
  const busiest = busiestClient(records);
  if (busiest === null || networks.includes(busiest.address)) return [];
  const range = ipaddr.parse(busiest.address).range();
  if (range === 'unicast') return [];
  const what = `${percent(busiest.share)} of the last ${records.length} requests come from ${busiest.address} (${range}), as different programs: it looks like a proxy that is not trusted`;
  return [
    notice(
      SUBJECT,
      what,
      `If it is yours and sets X-Forwarded-For, add ${busiest.address} to trustedProxies, and clients are told apart.`,
    ),
  ];
}

function busiestClient(records: readonly AccessLogRecord[]): { address: string; share: number } | null {
  if (records.length < FEW) return null;
  const clients = Map.groupBy(records, ({ client }) => client);
  for (const [address, ofClient] of clients) {
    const share = ofClient.length / records.length;
    const agents = new Set(ofClient.map(({ userAgent }) => userAgent));
    if (share >= NEARLY_ALL && agents.size >= SEVERAL_AGENTS) return { address, share };
  }
  return null;
}
