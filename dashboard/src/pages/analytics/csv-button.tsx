import { useState } from 'react';
import { apiErrorOf } from '../../api/api';
import { downloadCsv } from '../../api/download';
import { Button } from '../../kit/button';
import { toast } from '../../kit/toast';

/** Saves the answer to a question as CSV. `what`: such as `drops`, for its name and for screen readers. */
export function CsvButton({ question, what }: { question: string; what: string }) {
  const [isBusy, setBusy] = useState(false);
  const save = () => {
    setBusy(true);
    downloadCsv(question, `velocity-${what.replaceAll(' ', '-')}.csv`)
      .catch((error: unknown) => toast(apiErrorOf(error).message, 'bad'))
      .finally(() => setBusy(false));
  };
  return (
    <Button look="quiet" icon="download" isBusy={isBusy} onClick={save}>
      CSV<span className="visually-hidden"> of {what}</span>
    </Button>
  );
}
