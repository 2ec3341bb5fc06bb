import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { Explained } from '../explain.stage.js';

/** How a recorded exchange ended, in one sentence. */
export function endSentence({
  status,
  dropReason,
  totalUs,
  attempts,
  backend,
  decision,
}: AccessLogRecord): string {
  const took = `after ${(totalUs / 1000).toFixed(1)} ms`;
  if (dropReason !== null) return `Ended: the balancer answered ${status} (${dropReason}) ${took}.`;
  const tries = attempts.length > 1 ? `, in ${attempts.length} attempts` : '';
  return `Ended: ${urlOf(backend, decision)} answered ${status} ${took}${tries}.`;
}

/** Why there is nothing more to say of it. */
export const NO_DECISION =
  'Its decision was not kept: that is done for drops, errors, retries, slow exchanges and a share of the others (accessLog.decisions.sample).';

function urlOf(id: string | null, decision: AccessLogRecord['decision']): string {
  const known = decision?.picks.flatMap(({ candidates }) => candidates).find(({ backend }) => backend === id);
  return known?.url ?? `backend ${id ?? '(none)'}`;
}

/** What would happen to a request now, in plain sentences. */
export function outcomeSentences({ outcome, chances }: Explained): string[] {
  const { dropReason, shadowReason, status, location, backend, waitsAt, fallbackFrom } = outcome;
  const lines: string[] = [];
  if (shadowReason !== null)
    lines.push(`In shadow: a policy would refuse it (${shadowReason}), and does not.`);
  if (fallbackFrom !== null)
    lines.push(`Fallback: ${fallbackFrom} could not take it, ${outcome.service} does.`);
  if (location !== null) lines.push(`Now: it would be redirected to ${location} (${status}).`);
  else if (dropReason !== null) lines.push(`Now: the balancer would answer ${status} (${dropReason}).`);
  else if (waitsAt !== null) lines.push('Now: it would wait.');
  else if (backend !== null && chances.length === 0) lines.push(`Now: it would go to ${backend.url}.`);
  else
    for (const { url, share } of chances)
      lines.push(`Now: it would go to ${url} with a chance of ${(share * 100).toFixed(0)}%.`);
  return lines;
}
