import { External, useExternal } from '../app/external';
import { classNames } from './class-names';
import { Icon } from './icon';
import styles from './toast.module.css';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const SHOWN_MS = 6_000;
const MOST = 4;
const toasts = new External<readonly Toast[]>([]);
let made = 0;

/** Says in passing that something was done, or was not. What has to be acted on belongs into the page or a dialog. */
export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  made += 1;
  const id = made;
  toasts.set([...toasts.get().slice(1 - MOST), { id, tone, text }]);
  window.setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  toasts.set(toasts.get().filter((shown) => shown.id !== id));
}

/** Where they appear: once in the application. Screen readers read them when they can. */
export function ToastHost() {
  const shown = useExternal(toasts);
  return (
    <div className={styles.host} role="status" aria-live="polite">
      {shown.map(({ id, tone, text }) => (
        <div key={id} className={styles.toast}>
          <span className={classNames(styles.mark, styles[tone])}>
            <Icon name={tone === 'good' ? 'check' : 'warning'} size={16} />
          </span>
          <span className={styles.text}>{text}</span>
          <button type="button" className={styles.close} aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
