import { useQuery } from '../../api/query';
import type { ExplainedRequest } from '../../api/types';
import { navigate, usePlace } from '../../app/router';
import { Card } from '../../kit/card';
import { Empty, Failure, Notice, Skeleton } from '../../kit/condition';
import { Page } from '../../kit/page';
import { DecisionCards } from '../logs/decision-cards';
import { OutcomeCard } from './outcome-card';
import { queryOf, type Question, questionIn } from './question';
import { QuestionForm } from './question-form';

/** What would become of a request now, and why. Nothing is sent. */
export default function ExplainPage() {
  const { query: text } = usePlace();
  const question = questionIn(text);
  const asked = queryOf(question);
  const query = useQuery<ExplainedRequest>(question.ip === '' ? null : `/api/v1/explain?${asked}`);
  const ask = (next: Question) => {
    if (queryOf(next) === asked) query.reload();
    else navigate(`/explain?${queryOf(next)}`);
  };
  return (
    <Page
      title="Explain a request"
      note="What would become of it now, decided by the code that serves traffic. Nothing is sent, and nothing is counted."
      parent={{ href: '/logs', title: 'Logs' }}
    >
      <QuestionForm key={asked} question={question} error={query.error} onAsk={ask} />
      {question.ip === '' ? (
        <Card>
          <Empty title="Ask away" icon="help">
            Give at least the address that the request comes from: lists, bans and limits go by it.
          </Empty>
        </Card>
      ) : query.data ? (
        <>
          {query.error && <Notice tone="warn">This may be old: {query.error.message}</Notice>}
          <Answer answer={query.data} />
        </>
      ) : query.error ? (
        <Card>
          <Failure error={query.error} retry={query.reload} />
        </Card>
      ) : (
        <Skeleton lines={6} label="Asking" />
      )}
    </Page>
  );
}

function Answer({ answer }: { answer: ExplainedRequest }) {
  const { decision, outcome, lines } = answer;
  return (
    <>
      <OutcomeCard answer={answer} />
      <DecisionCards record={{ decision, dropReason: outcome.dropReason }} lines={lines} />
    </>
  );
}
