import { quoted } from '../units/quoted.js';
import { text } from './scalar.schema.js';

/** RFC 9110 section 5.6.2; header and cookie names are tokens. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Names of services, groups and rules: as one label of a domain name. */
export const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A method as requests have it. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;

export function headerName() {
  return text((value) => (TOKEN.test(value) ? null : `${quoted(value)} is no header name`)).meta({
    label: 'header name',
  });
}

export function cookieName() {
  return text((value) => (TOKEN.test(value) ? null : `${quoted(value)} is no cookie name`)).meta({
    label: 'cookie name',
  });
}

export function methodName() {
  return text((value) =>
    METHOD.test(value) ? null : `${quoted(value)} is no method: write it as POST`,
  ).meta({ label: 'method' });
}

/** What logs and clients call a rule. */
export function ruleName() {
  return text((value) =>
    LABEL.test(value)
      ? null
      : `${quoted(value)} is no name: write lower-case letters, digits and "-", at most 63 characters`,
  ).meta({ label: 'name' });
}
