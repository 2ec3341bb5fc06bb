import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';
import { classNames } from './class-names';
import styles from './field.module.css';

interface FieldWords {
  readonly label: string;
  /** What is expected. */
  readonly hint?: ReactNode;
  /** What is wrong; empty: nothing. */
  readonly error?: string;
  /** The label is there for screen readers only, as where a placeholder or the place says it. */
  readonly quietLabel?: boolean;
}

export type InputProps = FieldWords & InputHTMLAttributes<HTMLInputElement>;

export function Input({ label, hint, error, quietLabel, className, ...rest }: InputProps) {
  const { id, ...aria } = useWords(hint, error);
  return (
    <Framed id={id} {...{ label, hint, error, quietLabel, className }}>
      <input id={id} className={styles.control} autoComplete="off" spellCheck={false} {...aria} {...rest} />
    </Framed>
  );
}

export type SelectProps = FieldWords & SelectHTMLAttributes<HTMLSelectElement>;

/** `children`: its options. */
export function Select({ label, hint, error, quietLabel, className, ...rest }: SelectProps) {
  const { id, ...aria } = useWords(hint, error);
  return (
    <Framed id={id} {...{ label, hint, error, quietLabel, className }}>
      <select id={id} className={classNames(styles.control, styles.select)} {...aria} {...rest} />
    </Framed>
  );
}

export type CheckboxProps = { readonly label: ReactNode } & InputHTMLAttributes<HTMLInputElement>;

export function Checkbox({ label, ...rest }: CheckboxProps) {
  return (
    <label className={styles.checkbox}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}

function useWords(hint: ReactNode, error: string | undefined) {
  const id = useId();
  const words = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return { id, 'aria-invalid': error ? true : undefined, 'aria-describedby': words || undefined } as const;
}

function Framed({ id, label, hint, error, quietLabel = false, className, children }: FramedProps) {
  return (
    <div className={classNames(styles.field, className)}>
      <label htmlFor={id} className={quietLabel ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      {children}
      {hint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

interface FramedProps extends FieldWords {
  readonly id: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}
