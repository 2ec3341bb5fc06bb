/** A difference in words, so that no colour has to say it. */
export interface ChangeWords {
  readonly text: string;
  readonly direction: 'more' | 'less' | 'same';
}

/** `+12 % more`, `−5 % less`, `the same`; of what was not there before `new`. */
export function changeWords(
  now: number,
  before: number,
  words: readonly [string, string] = ['more', 'less'],
): ChangeWords {
  if (now === before) return { text: 'the same', direction: 'same' };
  const direction = now > before ? 'more' : 'less';
  if (before === 0) return { text: 'none before', direction };
  const [up, down] = words;
  if (now >= 11 * before) return { text: `${Math.round(now / before)} times as much`, direction };
  const share = Math.abs(now - before) / before;
  const amount = share >= 0.1 ? Math.round(share * 100) : Math.max(0.1, Math.round(share * 1_000) / 10);
  return { text: now > before ? `+${amount} % ${up}` : `−${amount} % ${down}`, direction };
}

/** Of shares: how many percent of all, because a percentage of percentages misleads. */
export function pointWords(now: number, before: number): ChangeWords {
  const points = Math.round((now - before) * 10_000) / 100;
  if (points === 0) return { text: 'the same', direction: 'same' };
  return points > 0
    ? { text: `+${points} higher`, direction: 'more' }
    : { text: `−${-points} lower`, direction: 'less' };
}
