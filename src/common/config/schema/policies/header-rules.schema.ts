import { z } from 'zod';
import { type HeaderAction, type HeaderDirection, headerRuleProblem } from '../../units/header-rule.js';
import { quoted } from '../../units/quoted.js';
import { templateProblem } from '../../units/template.js';
import { listOf, text } from '../scalar.schema.js';

const MAX_RULES = 50;

function fields(direction: HeaderDirection, action: HeaderAction) {
  return z
    .record(
      text((name) => headerRuleProblem(name, action, direction)),
      text(templateProblem, 'must be a text: put it in quotes'),
      { error: 'must be an object: header names with their values' },
    )
    .meta({ label: 'header names with values' });
}

function rules(direction: HeaderDirection, examples: { set: object; remove: string[] }) {
  return z
    .strictObject({
      set: fields(direction, 'set')
        .optional()
        .meta({
          description: 'Take the place of all fields of these names, or come new.',
          examples: [examples.set],
        }),
      add: fields(direction, 'add')
        .optional()
        .meta({ description: 'Come after whatever fields of these names are there.' }),
      remove: listOf(
        text((name) => headerRuleProblem(name, 'remove', direction)).meta({ label: 'header name' }),
        MAX_RULES,
      )
        .optional()
        .meta({ description: 'All fields of these names go, first of all.', examples: [examples.remove] }),
    })
    .check((context) => {
      for (const { path, message } of contradictions(context.value)) {
        context.issues.push({ code: 'custom', message, path: [...path], input: context.value });
      }
    });
}

interface Written {
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly add?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A name twice, in another case perhaps; and too many rules to look at for each message. */
function contradictions({ set = {}, add = {}, remove = [] }: Written): Contradiction[] {
  const named = new Map<string, string>();
  const found: Contradiction[] = [];
  const note = (name: string, key: string, path: readonly (string | number)[]) => {
    const lower = name.toLowerCase();
    const earlier = named.get(lower);
    if (earlier === undefined) named.set(lower, key);
    else found.push({ path, message: `${quoted(name)} stands in ${earlier} already: write it once` });
  };
  for (const name of Object.keys(set)) note(name, 'set', ['set', name]);
  for (const name of Object.keys(add)) note(name, 'add', ['add', name]);
  remove.forEach((name, index) => note(name, 'remove', ['remove', index]));
  for (const [name, value] of Object.entries(set)) {
    if (name.toLowerCase() !== 'host' || /^[\w.:[\]{}-]+$/.test(value)) continue;
    found.push({
      path: ['set', name],
      message: `${quoted(value)} is no host: write a name, with a port if need be`,
    });
  }
  const count = Object.keys(set).length + Object.keys(add).length + remove.length;
  if (count === 0) found.push({ path: [], message: 'is empty: write set, add or remove, or remove the key' });
  if (count > MAX_RULES) {
    found.push({ path: [], message: `has rules for ${count} headers: write at most ${MAX_RULES}` });
  }
  return found;
}

/** What becomes of the header fields of messages. */
export const headersSchema = z
  .strictObject({
    request: rules('request', {
      set: { 'X-Real-IP': '{client}', Host: 'shop.internal' },
      remove: ['X-Debug'],
    })
      .optional()
      .meta({ description: 'Of requests, as backends get them.' }),
    response: rules('response', {
      set: { 'Strict-Transport-Security': 'max-age=31536000' },
      remove: ['Server', 'X-Powered-By'],
    })
      .optional()
      .meta({
        description: 'Of the backends’ responses, as clients get them. Answers of the balancer itself stay.',
      }),
  })
  .check((context) => {
    if (Object.keys(context.value).length > 0 || context.issues.length > 0) return;
    context.issues.push({
      code: 'custom',
      message: 'is empty: write request or response, or remove the key',
      input: context.value,
    });
  })
  .meta({ title: 'Header rules', description: 'Sets, adds and removes header fields.' });
