import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { classNames } from '../../kit/class-names';
import styles from './yaml-editor.module.css';

/** As in the style sheet, pixels. */
const LINE_HEIGHT = 20;
const INDENT = '  ';

export interface YamlEditorHandle {
  /** Puts the cursor at a place, counted from 1, and shows it. */
  readonly goTo: (line: number, column?: number) => void;
}

export interface YamlEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Lines with something wrong, counted from 1, and what. */
  readonly problems: ReadonlyMap<number, string>;
  /** Control and Enter were pressed. */
  readonly onSubmit: () => void;
  readonly handle: Ref<YamlEditorHandle>;
}

/**
 * A text area with line numbers. Tab and Shift Tab indent, Enter keeps the indentation; after Escape, Tab leaves it, so that
 * nobody who uses the keyboard is kept in it.
 */
export function YamlEditor(props: YamlEditorProps) {
  const { label, text, onChange, problems, handle } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  const [scroll, setScroll] = useState({ top: 0, left: 0 });
  const onKeyDown = useEditing(props.onSubmit);
  const lines = useMemo(() => text.split('\n').length, [text]);
  const numbers = useMemo(() => Array.from({ length: lines }, (_, line) => line + 1).join('\n'), [lines]);
  useImperativeHandle(handle, () => ({ goTo: (line, column) => goTo(area.current, line, column ?? 1) }));
  const moved = { transform: `translateY(${-scroll.top}px)` };
  return (
    <div className={styles.editor}>
      <div className={styles.gutter} aria-hidden="true">
        <pre style={moved}>{numbers}</pre>
        <Marks problems={problems} top={scroll.top} className={styles.dot} />
      </div>
      <div className={styles.code}>
        <Marks problems={problems} top={scroll.top} className={styles.band} />
        <textarea
          ref={area}
          aria-label={label}
          aria-describedby={hint}
          aria-invalid={problems.size > 0 || undefined}
          className={styles.area}
          value={text}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={({ currentTarget }) =>
            setScroll({ top: currentTarget.scrollTop, left: currentTarget.scrollLeft })
          }
        />
      </div>
      <p id={hint} className={styles.hint}>
        <kbd>Tab</kbd> indents; <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the editor; <kbd>Ctrl</kbd>{' '}
        <kbd>Enter</kbd> plans.
      </p>
    </div>
  );
}

interface MarksProps {
  readonly problems: ReadonlyMap<number, string>;
  readonly top: number;
  readonly className: string | undefined;
}

function Marks({ problems, top, className }: MarksProps) {
  return [...problems].map(([line, problem]) => (
    <span
      key={line}
      data-line={line}
      className={classNames(styles.mark, className)}
      title={`Line ${line}: ${problem}`}
      style={{ transform: `translateY(${(line - 1) * LINE_HEIGHT - top}px)` }}
    />
  ));
}

function useEditing(onSubmit: () => void) {
  const mayLeave = useRef(false);
  return (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const area = event.currentTarget;
    const isLeaving = mayLeave.current && event.key === 'Tab';
    if (event.key !== 'Shift') mayLeave.current = event.key === 'Escape';
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSubmit();
    else if (isLeaving || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === 'Tab') indent(area, event.shiftKey);
    else if (event.key === 'Enter') insert(area, `\n${indentationAt(area)}`);
    else return;
    event.preventDefault();
  };
}

/** Of the line in which the cursor is, and one step more after a key that opens a block. */
function indentationAt({ value, selectionStart }: HTMLTextAreaElement): string {
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const own = /^ */.exec(line)![0];
  return /:\s*$/.test(line) ? own + INDENT : own;
}

/** A selection over several lines is indented as a whole. */
function indent(area: HTMLTextAreaElement, isBack: boolean): void {
  const { value, selectionStart, selectionEnd } = area;
  if (!isBack && selectionStart === selectionEnd) return insert(area, INDENT);
  const from = value.lastIndexOf('\n', selectionStart - 1) + 1;
  const block = value.slice(from, selectionEnd);
  const next = isBack ? block.replaceAll(/^ {1,2}/gm, '') : block.replaceAll(/^(?=.)/gm, INDENT);
  if (next === block) return;
  area.setSelectionRange(from, selectionEnd);
  insert(area, next);
  if (selectionStart === selectionEnd) return;
  area.setSelectionRange(from, from + next.length);
}

/** As if it were typed: the browser's undo knows it. */
function insert(area: HTMLTextAreaElement, text: string): void {
  if (text !== '' && document.execCommand('insertText', false, text)) return;
  if (text === '' && document.execCommand('delete')) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

function goTo(area: HTMLTextAreaElement | null, line: number, column: number): void {
  if (!area) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const length = lines[line - 1]?.length ?? 0;
  area.focus();
  area.setSelectionRange(start + Math.min(column - 1, length), start + length);
  area.scrollTop = Math.max(0, (line - 4) * LINE_HEIGHT);
}
