import type { Document } from 'yaml';
import type { ReadProblem } from './yaml-reader.js';

/** Errors of the parser that follow from an earlier one teach nothing; more than this are not shown. */
const MAX_PROBLEMS = 20;

const DEEP = 'is nested too deeply: no valid configuration is';

/** More brackets open at once than this are no configuration; the parser would take seconds and gigabytes to say so. */
const MAX_OPEN_BRACKETS = 256;

const TEXTS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS:
    'starts a second document: a file holds one, so remove the line "---" or put the rest in a file of its own',
  TAB_AS_INDENT: 'is indented with a tab: YAML allows only spaces there',
  MULTILINE_IMPLICIT_KEY: 'has no colon: write "key: value" on one line',
  BLOCK_AS_IMPLICIT_KEY:
    'has a second colon: put the inner key on a line of its own, indented, or the value in quotes',
};

/** Found before the text is parsed; null when nothing is. Brackets in quotes count too: no configuration has so many. */
export function bracketProblem(text: string): ReadProblem | null {
  let open = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 0x5b || code === 0x7b) open++;
    else if (code === 0x5d || code === 0x7d) open--;
    if (open > MAX_OPEN_BRACKETS) return { path: [], offset, message: DEEP };
  }
  return null;
}

/** What keeps the text from being one YAML document, in our words. */
export function syntaxProblems(document: Document.Parsed, text: string): ReadProblem[] {
  if (document.errors.some((error) => error.code === 'RESOURCE_EXHAUSTION')) {
    return [{ path: [], offset: 0, message: DEEP }];
  }
  const errors = document.errors.map((error) => ({
    path: [],
    offset: error.pos[0],
    message: errorText(error, text),
  }));
  const tags = document.warnings.map((warning) => ({
    path: [],
    offset: warning.pos[0],
    message:
      'has a tag (a word after "!"): tags are not supported, so write a plain value, in quotes if it begins with "!"',
  }));
  const problems = dropEchoes([...errors, ...tags, ...versionProblem(document)]);
  return problems.slice(0, MAX_PROBLEMS);
}

function errorText(error: { code: string; message: string; pos: [number, number] }, text: string): string {
  if (isBarePlaceholder(error, text)) {
    return 'is a placeholder inside { } or [ ]: put it in quotes, such as "${NAME}"';
  }
  const known = TEXTS[error.code];
  if (known !== undefined) return known;
  const advice = error.code === 'BAD_SCALAR_START' ? '; put the value in quotes' : '';
  return `is not valid YAML: ${decapitalised(error.message)}${advice}`;
}

function isBarePlaceholder(error: { code: string; pos: [number, number] }, text: string): boolean {
  return error.code === 'UNEXPECTED_TOKEN' && text[error.pos[0]] === '{' && text[error.pos[0] - 1] === '$';
}

/** One mistake makes the parser stumble over what follows: its first error at a place is kept, and none after a stray token. */
function dropEchoes(problems: readonly ReadProblem[]): ReadProblem[] {
  const placeholder = problems.find((problem) => problem.message.startsWith('is a placeholder'));
  if (placeholder) return [placeholder];
  const offsets = new Set<number>();
  const distinct = problems.filter(({ offset }) => !offsets.has(offset) && offsets.add(offset));
  const stray = distinct.findIndex((problem) => problem.message.includes('unexpected'));
  return stray < 0 ? distinct : distinct.slice(0, stray + 1);
}

function versionProblem(document: Document.Parsed): ReadProblem[] {
  const { version, explicit } = document.directives?.yaml ?? {};
  if (!explicit || version === '1.2') return [];
  return [
    {
      path: [],
      offset: 0,
      message: `asks for YAML ${version}: YAML 1.2 is read here, so remove the %YAML line`,
    },
  ];
}

function decapitalised(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
