import type { AuditRecord } from '../admin/answers.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { count, localTime } from '../terminal/amounts.js';
import type { Colour } from '../terminal/painter.js';
import type { Column } from '../terminal/table.js';

const PAGE = 1_000;

export interface AuditFlags {
  readonly actor?: string;
  readonly outcome?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

/** Shows who changed what, and who was refused, the newest last. */
export async function showAudit({ client, terminal }: Session, flags: AuditFlags): Promise<void> {
  const { actor, outcome, action, since, until, limit } = flags;
  const query = { actor, outcome, action, from: since, to: until, limit: Math.min(limit, PAGE) };
  const records: AuditRecord[] = [];
  for await (const record of client.items<AuditRecord>(ROUTES.auditLogs, { query })) {
    records.push(record);
    if (records.length >= limit) break;
  }
  records.reverse();
  if (terminal.json) return records.forEach((record) => terminal.printJsonLine(record));
  if (records.length === 0) return terminal.say('Nothing fits.');
  terminal.printTable(COLUMNS, records);
}

const OUTCOME_COLOURS: Readonly<Record<AuditRecord['outcome'], Colour>> = {
  done: 'green',
  refused: 'yellow',
  failed: 'red',
};

const COLUMNS: readonly Column<AuditRecord>[] = [
  { title: 'TIME', value: ({ time }) => localTime(time) },
  { title: 'ACTOR', value: ({ actor }) => actor || '-', shrinksTo: 12 },
  { title: 'ADDRESS', value: ({ address }) => address || '-' },
  { title: 'OUTCOME', value: ({ outcome }) => outcome, colour: ({ outcome }) => OUTCOME_COLOURS[outcome] },
  { title: 'WHY', value: ({ code, status }) => code || (status === 0 ? '-' : String(status)) },
  { title: 'ACTION', value: ({ action }) => action, shrinksTo: 20 },
  { title: 'RESOURCE', value: ({ resource }) => resource, shrinksTo: 16 },
  {
    title: 'REVISION',
    value: ({ revision }) => (revision === null ? '-' : String(revision)),
    align: 'right',
  },
  { title: 'TIMES', value: (record) => count(record.count), align: 'right' },
  { title: 'NOTE', value: ({ note }) => note, shrinksTo: 12 },
];
