import type { AnalyticsComparison } from '../../api/types';
import { bytes, count, milliseconds, percent, shortCount } from '../../format/numbers';
import { type FigureEntry, Figures } from '../../kit/figures';
import { type ChangeWords, changeWords, pointWords } from './changes';

type Total = AnalyticsComparison['total'];

/** The range in six numbers, each beside the range that it is compared with. */
export function TotalFigures({ total }: { total: Total }) {
  return <Figures entries={figuresOf(total)} />;
}

function figuresOf({ current, baseline }: Total): FigureEntry[] {
  const times = ['slower', 'faster'] as const;
  const isWorse = (now: number, before: number) => now > 0 && now > before;
  const time = (label: string, name: string): FigureEntry => {
    const now = current.percentilesUs[name] ?? 0;
    const before = baseline.percentilesUs[name] ?? 0;
    return {
      label,
      value: now === 0 ? '–' : milliseconds(now / 1000),
      note: noteOf(changeWords(now, before, times), before === 0 ? '' : milliseconds(before / 1000)),
    };
  };
  return [
    {
      label: 'Requests',
      value: count(current.requests),
      note: noteOf(changeWords(current.requests, baseline.requests), shortCount(baseline.requests)),
    },
    {
      label: 'Errors of backends',
      value: percent(current.errorShare),
      note: noteOf(pointWords(current.errorShare, baseline.errorShare), percent(baseline.errorShare)),
      tone: isWorse(current.errorShare, baseline.errorShare) ? 'bad' : undefined,
    },
    {
      label: 'Dropped',
      value: percent(current.dropShare),
      note: noteOf(pointWords(current.dropShare, baseline.dropShare), percent(baseline.dropShare)),
      tone: isWorse(current.dropShare, baseline.dropShare) ? 'warn' : undefined,
    },
    time('Took, p50', '50'),
    time('Took, p99', '99'),
    {
      label: 'Sent to clients',
      value: bytes(current.bytesOut),
      note: noteOf(changeWords(current.bytesOut, baseline.bytesOut), bytes(baseline.bytesOut)),
    },
  ];
}

function noteOf({ text, direction }: ChangeWords, before: string): string {
  return direction === 'same' || text === 'none before' || before === '' ? text : `${text} (${before})`;
}
