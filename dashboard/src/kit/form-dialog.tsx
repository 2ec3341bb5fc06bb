import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type ApiError, apiErrorOf } from '../api/api';
import type { Role } from '../api/types';
import { Button } from './button';
import { Notice } from './condition';
import { Dialog } from './dialog';
import styles from './dialog.module.css';

export interface FormDialogProps {
  readonly title: string;
  /** On its button: what is done, such as `Add`. */
  readonly verb: string;
  /** It takes something away. */
  readonly isDangerous?: boolean;
  /** Role that it takes. Default: any, as where the button that opens it says it. */
  readonly needs?: Role;
  /** Leaves it to us and the balancer to find what is wrong. Default: the browser looks first. */
  readonly noValidate?: boolean;
  /** Sends what was filled in, and closes the dialog; when it rejects, that stays open with the reason. */
  readonly send: (form: FormData) => Promise<void>;
  /** The reason in words. Default: those of the balancer. */
  readonly reason?: (error: ApiError) => ReactNode;
  readonly onClose: () => void;
  /** Its fields. `error`: what was wrong when it was sent last; null: nothing. */
  readonly children: (error: ApiError | null) => ReactNode;
}

/** Asks for what a change needs. */
export function FormDialog(props: FormDialogProps) {
  const { title, verb, isDangerous = false, needs, noValidate = false, onClose } = props;
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    props
      .send(new FormData(event.currentTarget))
      .catch((failure: unknown) => setError(apiErrorOf(failure)))
      .finally(() => setBusy(false));
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={id}
            look={isDangerous ? 'danger' : 'primary'}
            isBusy={isBusy}
            {...(needs && { needs })}
          >
            {verb}
          </Button>
        </>
      }
    >
      <form id={id} className={styles.form} onSubmit={submit} noValidate={noValidate}>
        {error && <Notice tone="bad">{props.reason?.(error) ?? error.message}</Notice>}
        {props.children(error)}
      </form>
    </Dialog>
  );
}
