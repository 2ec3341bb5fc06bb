import type { AlgorithmName, CandidateDecision, PickDecision } from '../../../common/contract/index.js';

/** One candidate of a pick in one sentence, such as `http://a:1 was skipped: draining`. */
export function candidateSentence(candidate: CandidateDecision, pick: PickDecision): string {
  const { url, skipped } = candidate;
  if (skipped === null) return `${url} was picked ${withWhat(candidate, pick)}`.trimEnd() + '.';
  switch (skipped) {
    case 'out':
      return `${url} was skipped: ${outBecause(candidate)}.`;
    case 'no_weight':
      return `${url} was skipped: its weight is 0.`;
    case 'backup':
      return `${url} was skipped: it is a backup, and others are there.`;
    case 'full':
      return `${url} was skipped: full, with ${candidate.inFlight} of ${candidate.maxInFlight} in flight.`;
    case 'tried':
      return `${url} was skipped: this exchange had tried it.`;
    case 'bound':
      return `${url} was skipped: it suits the key better, but is at its bound with ${candidate.inFlight} in flight.`;
    case 'other_group':
      return `${url} was skipped: it is of another group.`;
    case 'trial_elsewhere':
      return `${url} was skipped: a trial of another backend came first.`;
    case 'behind':
      return `${url} was skipped: others waited already.`;
    case 'not_drawn':
      return `${url} was not drawn.`;
    case 'lost':
      return `${url} ${lost(candidate, pick.algorithm)}.`;
  }
}

function outBecause({ states }: CandidateDecision): string {
  const first = states[0];
  if (first === undefined) return 'out of rotation';
  return states
    .map((state) => (state === 'unknown' ? 'no probe has passed yet' : state.replace(/-/g, ' ')))
    .join(' and ');
}

function withWhat(candidate: CandidateDecision, { rule, algorithm, drawn }: PickDecision): string {
  switch (rule) {
    case 'trial':
      return 'as the trial of its half-open breaker';
    case 'turn':
      return candidate.turn === 0 ? 'because it was its turn' : 'because its turn came soonest of those left';
    case 'affinity':
      return 'because the cookie of the client names it';
    case 'draw':
      return `by chance, with weight ${candidate.weight}`;
    case 'two':
      if (new Set(drawn).size < 2) return 'as the only one that was drawn';
      return algorithm === 'peak-ewma'
        ? `of two that were drawn, with ${expected(candidate)}`
        : `of two that were drawn, with ${load(candidate)}`;
    case 'hash':
      return 'because its score for the key is the best';
    case 'least':
      return candidate.turn === null
        ? `with ${load(candidate)}`
        : `with ${load(candidate)}, as its turn came soonest`;
    case 'none':
      return '';
  }
}

function lost(candidate: CandidateDecision, algorithm: AlgorithmName): string {
  switch (algorithm) {
    case 'least-connections':
    case 'power-of-two-choices':
      return `had ${load(candidate)}`;
    case 'peak-ewma':
      return `had ${expected(candidate)}`;
    case 'ip-hash':
    case 'url-hash':
    case 'header-hash':
      return 'has a worse score for the key';
    default: {
      const { turn } = candidate;
      if (turn === null) return 'has its turn later';
      return `has its turn ${turn === 1 ? 'next' : `in ${turn} turns`}`;
    }
  }
}

function load({ inFlight, weight }: CandidateDecision): string {
  return `${inFlight} in flight at weight ${weight}`;
}

function expected({ score, inFlight }: CandidateDecision): string {
  return `${Math.round((score ?? 0) / 1000)} ms expected per weight and ${inFlight} in flight`;
}
