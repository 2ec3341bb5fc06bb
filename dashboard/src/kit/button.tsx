import { type ButtonHTMLAttributes, useId } from 'react';
import type { Role } from '../api/types';
import { usePermission } from '../app/session';
import styles from './button.module.css';
import { classNames } from './class-names';
import { Icon, type IconName } from './icon';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Default: `plain`. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  /** Role that it takes. Who has less sees it, cannot press it, and is told why. Default: any. */
  readonly needs?: Role;
  readonly isBusy?: boolean;
  /** Why it cannot be pressed now; empty: it can. */
  readonly blocked?: string;
}

/** Stays focusable while it cannot be pressed, so that everybody can find out why. */
export function Button({
  look = 'plain',
  icon,
  needs,
  isBusy = false,
  blocked = '',
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const permission = usePermission(needs);
  const reason = permission.reason || blocked;
  const isOff = reason !== '' || isBusy;
  const note = useId();
  return (
    <>
      <button
        type="button"
        className={classNames(styles.button, styles[look], !children && styles.bare, className)}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={reason === '' ? undefined : note}
        title={reason || undefined}
        onClick={(event) => (isOff ? event.preventDefault() : onClick?.(event))}
        {...rest}
      >
        {isBusy ? <span className={styles.busy} /> : icon && <Icon name={icon} size={16} />}
        {children}
      </button>
      {reason !== '' && (
        <span id={note} hidden>
          {reason}
        </span>
      )}
    </>
  );
}
