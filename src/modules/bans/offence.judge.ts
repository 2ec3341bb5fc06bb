import { formatDuration } from '../../common/config/index.js';
import type { OffenceEvent } from '../../common/contract/index.js';
import { isVelocityError } from '../../common/errors/index.js';
import type { ApplicationLogger, AuditLogRecorder } from '../logging/index.js';
import type { DesiredState } from '../registry/index.js';
import type { BanDetails, BanService } from './ban.service.js';
import { networksOf, protectedBy } from './dangerous-networks.js';
import { clientNetwork, type Network } from './network.js';

/** Repeated bans double up to this, unless the rule's own duration is longer. */
const LONGEST_MS = 24 * 3_600_000;
/** A full book is complained of so often. */
const COMPLAINT_MS = 60_000;

/** What the judge works with, as far as it does. */
export interface JudgeParts {
  readonly bans: Pick<BanService, 'banByRule' | 'covering' | 'history'>;
  readonly registry: {
    current(): { readonly state: Pick<DesiredState, 'trustedProxies' | 'allowlist'> };
  };
  readonly audit: Pick<AuditLogRecorder, 'record'>;
  readonly log: Pick<ApplicationLogger, 'info' | 'warn' | 'error'>;
}

/** Bans clients that did what a rule bans for. Who offends again soon after the ban is banned for twice as long. */
export class OffenceJudge {
  private complainedAt = 0;

  constructor(private readonly parts: JudgeParts) {}

  judge(event: OffenceEvent): void {
    const { rule, client } = event;
    const network = clientNetwork(client);
    if (network === null) return;
    const exemption = this.exemptionOf(network);
    if (exemption !== null) {
      this.parts.log.info({ rule: rule.name, client }, `not banned: ${network.text} ${exemption}`);
      return;
    }
    // Exchanges that ran when the ban began, and those that a shadow lets pass, are of the same offence.
    if (this.parts.bans.covering(network).some(({ shadow }) => !shadow || rule.shadow)) return;
    this.ban(event, network);
  }

  private exemptionOf(network: Network): string | null {
    const { trustedProxies, allowlist = [] } = this.parts.registry.current().state;
    const allowed = networksOf(allowlist).find((one) => one.contains(network));
    return allowed ? `is in the allowlist (${allowed.text})` : protectedBy(network, trustedProxies);
  }

  private ban(event: OffenceEvent, network: Network): void {
    const { rule } = event;
    const before = this.parts.bans.history(network);
    const isRepeated = before !== undefined && before.origin === 'rule' && before.shadow === rule.shadow;
    const offences = (isRepeated ? before.offences : 0) + 1;
    const createdAt = Date.now();
    const note = `${rule.count} times ${event.last} within ${formatDuration(rule.windowMs)}`;
    try {
      const made = this.parts.bans.banByRule({
        network,
        note: event.service === '' ? note : `${note}, the last at ${event.service}`,
        author: 'velocity',
        shadow: rule.shadow,
        createdAt,
        expiresAt: createdAt + durationOf(rule.durationMs, offences),
        origin: 'rule',
        rule: rule.name,
        offences,
      });
      this.tell(made);
    } catch (error) {
      if (!isVelocityError(error, 'CAPACITY_EXCEEDED')) throw error;
      this.complain(event, error.message);
    }
  }

  private tell(ban: BanDetails): void {
    const { cidr, rule, offences, note, shadow, expiresAt } = ban;
    const until = expiresAt === null ? 'for ever' : new Date(expiresAt).toISOString();
    const said = { event: shadow ? 'ban-in-shadow' : 'banned', rule, network: cidr, offences, until, note };
    this.parts.log.warn(said, shadow ? `would be banned: ${cidr}` : `banned: ${cidr}`);
    this.parts.audit.record({ ...auditOf(rule, ban.id), outcome: 'done', code: '', note });
  }

  private complain({ rule, client }: OffenceEvent, message: string): void {
    this.parts.audit.record({
      ...auditOf(rule.name, client),
      outcome: 'failed',
      code: 'CAPACITY_EXCEEDED',
      note: message,
    });
    if (Date.now() - this.complainedAt < COMPLAINT_MS) return;
    this.complainedAt = Date.now();
    this.parts.log.error({ rule: rule.name, client }, `not banned: ${message}`);
  }
}

function durationOf(baseMs: number, offences: number): number {
  return Math.min(baseMs * 2 ** (offences - 1), Math.max(baseMs, LONGEST_MS));
}

function auditOf(rule: string, id: string) {
  return {
    actor: `rule ${rule}`,
    role: null,
    tokenId: null,
    address: '',
    action: 'ban',
    resource: `/api/v1/bans/${id}`,
    status: 0,
    revision: null,
    requestId: '',
  } as const;
}
