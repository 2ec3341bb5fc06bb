import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { DROP_REASONS } from '../../../../src/common/contract/drop-reasons';
import { useQuery } from '../../api/query';
import type { AnalyticsDrops } from '../../api/types';
import { count, percent } from '../../format/numbers';
import { Card } from '../../kit/card';
import { Chart, Swatch } from '../../kit/chart';
import { questionOf } from './analytics-view';
import styles from './analytics.module.css';
import { Answered, sourceWords } from './answered';
import { CsvButton } from './csv-button';
import { fineRate, type PartProps, pointWords, timeFormatOf } from './part';

/** Lines that can be told apart; the other reasons are in the list. */
const COLOURS = ['--series-4', '--series-3', '--series-5', '--series-1', '--series-6', '--series-2'];

/** What the balancer itself ended, by reason. */
export function DropsCard(props: PartProps) {
  const { view, everyMs, onNarrow } = props;
  const isLeftOut = view.dropped === 'false';
  const question = questionOf('drops', view, { step: view.step ?? '', limit: '20' });
  const query = useQuery<AnalyticsDrops>(isLeftOut ? null : question, { everyMs });
  const { data } = query;
  return (
    <Card
      title="Drops"
      note={data && `per second, by reason, ${pointWords(data.query.step)}, ${sourceWords(data.source)}`}
      actions={!isLeftOut && <CsvButton question={question} what="drops" />}
    >
      {isLeftOut ? (
        <p className="muted">Only what was forwarded is shown.</p>
      ) : (
        <Answered query={query} onNarrow={onNarrow}>
          {(answer) =>
            answer.total.drops === 0 ? (
              <p className="muted">Nothing was dropped.</p>
            ) : (
              <div className={styles.drops}>
                <Lines answer={answer} onSelect={props.onSelect} />
                <Reasons answer={answer} onChange={props.onChange} />
              </div>
            )
          }
        </Answered>
      )}
    </Card>
  );
}

function Lines({ answer, onSelect }: Pick<PartProps, 'onSelect'> & { answer: AnalyticsDrops }) {
  const { series, data } = useMemo(() => drawingOf(answer), [answer]);
  return (
    <Chart
      label="Drops per second"
      group="analytics"
      series={series}
      data={data}
      format={fineRate}
      formatTime={timeFormatOf(answer.query)}
      onSelect={onSelect}
    />
  );
}

/** In the order of the list beside, so that both have the same colours. */
function drawingOf({ reasons, series }: AnalyticsDrops) {
  const byKey = new Map(series.map((one) => [nameOf(one), one.points]));
  const shown = reasons.slice(0, COLOURS.length).map(nameOf);
  const times = (series[0]?.points ?? []).map(({ start }) => start / 1000);
  const data: AlignedData = [
    times,
    ...shown.map((name) => (byKey.get(name) ?? []).map(({ requestsPerSecond }) => requestsPerSecond)),
  ];
  return { data, series: shown.map((label, at) => ({ label, colour: COLOURS[at]! })) };
}

function Reasons({ answer, onChange }: Pick<PartProps, 'onChange'> & { answer: AnalyticsDrops }) {
  const { reasons, total } = answer;
  const most = Math.max(1, ...reasons.map(({ drops }) => drops));
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason, at) => {
        const name = nameOf(reason);
        return (
          <li key={name}>
            <span
              className={styles.bar}
              style={{ transform: `scaleX(${reason.drops / most})` }}
              aria-hidden="true"
            />
            <span className={styles.reason}>
              {at < COLOURS.length && <Swatch colour={COLOURS[at]!} />}
              <button
                type="button"
                className={styles.plain}
                title={detailOf(name)}
                disabled={reason.isRest}
                onClick={() => onChange({ dropReason: name, dropped: '' })}
              >
                <code>{name}</code>
              </button>
            </span>
            <span>
              <b>{count(reason.drops)}</b>{' '}
              <span className="muted">{percent(reason.drops / total.drops)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function nameOf({ key, isRest }: { readonly key: string; readonly isRest: boolean }): string {
  return isRest ? 'others' : key;
}

function detailOf(reason: string): string {
  return reason in DROP_REASONS ? DROP_REASONS[reason as keyof typeof DROP_REASONS].detail : '';
}
