import { quoted } from '../units/quoted.js';
import { LABEL } from './names.schema.js';
import { text } from './scalar.schema.js';

/** The name of a service. */
export function serviceNameText() {
  return text(serviceNameProblem).meta({ label: 'name', pattern: LABEL.source });
}

/** What is wrong with a service's name; null when nothing is. */
function serviceNameProblem(name: string): string | null {
  if (LABEL.test(name)) return null;
  if (name.length > 63) return `is ${name.length} characters long: write at most 63`;
  const advice = serviceNameFrom(name);
  const example = advice === '' ? 'shop' : advice;
  return `${quoted(name)} is no service name: write lower-case letters, digits and "-", such as ${example}`;
}

/** A valid name made from any text; empty when nothing of it is left. */
export function serviceNameFrom(source: string): string {
  const name = source
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  return name.replaceAll(/^-+|-+$/g, '');
}
