import { type ReactNode, useState } from 'react';
import { apiErrorOf } from '../api/api';
import { External, useExternal } from '../app/external';
import { Button } from './button';
import { Notice } from './condition';
import { Dialog } from './dialog';

export interface Confirmation {
  /** A question: `Drain 10.0.0.7:8080?` */
  readonly title: string;
  /** What will happen. */
  readonly effect: ReactNode;
  /** On the button: what is done, such as `Drain`. */
  readonly verb: string;
  /** It takes something away. */
  readonly isDangerous?: boolean;
  /** Runs when it is confirmed; the dialog stays open with the reason when it fails. */
  readonly act: () => Promise<void>;
  /** What to say when somebody else was faster (409, 412). Default: the words of the balancer. */
  readonly conflict?: string;
}

const asked = new External<Confirmation | null>(null);

/** Asks before something is changed. Only one question is open at a time. */
export function confirm(question: Confirmation): void {
  asked.set(question);
}

/** Where questions appear: once in the application. */
export function ConfirmationHost() {
  const question = useExternal(asked);
  return question && <Question key={question.title} {...question} />;
}

function Question({ title, effect, verb, isDangerous = false, act, conflict }: Confirmation) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const close = () => asked.set(null);
  const run = () => {
    setBusy(true);
    setProblem('');
    act().then(close, (error: unknown) => {
      setBusy(false);
      setProblem(wordsOf(error, conflict));
    });
  };
  return (
    <Dialog
      title={title}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look={isDangerous ? 'danger' : 'primary'} isBusy={isBusy} onClick={run}>
            {verb}
          </Button>
        </>
      }
    >
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div>{effect}</div>
    </Dialog>
  );
}

function wordsOf(error: unknown, conflict: string | undefined): string {
  const { isConflict, message } = apiErrorOf(error);
  return isConflict && conflict ? conflict : message;
}
