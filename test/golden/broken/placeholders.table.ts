import type { BrokenFile } from './broken-file.js';

export const PLACEHOLDERS: readonly BrokenFile[] = [
  {
    story: 'an unset variable',
    yaml: ['admin:', '  port: ${ADMIN_PORT}'],
    issues: [
      '2:9: admin.port: needs the environment variable ADMIN_PORT, which is not set: set it, or write ${ADMIN_PORT:-default}',
    ],
  },
  {
    story: 'a malformed placeholder',
    yaml: ['via: "${1X}"'],
    issues: [
      '1:6: via: has "${1X}", which is no placeholder: write ${NAME}, ${NAME:-default}, or $${ for the characters themselves',
    ],
  },
  {
    story: 'a placeholder without end',
    yaml: ['via: "${NAME"'],
    issues: [
      '1:6: via: has "${NAME", which is no placeholder: write ${NAME}, ${NAME:-default}, or $${ for the characters themselves',
    ],
  },
  {
    story: 'a placeholder in braces without quotes',
    yaml: ['admin: { port: ${PORT} }'],
    issues: ['1:17: is a placeholder inside { } or [ ]: put it in quotes, such as "${NAME}"'],
  },
  {
    story: 'a variable that is no number',
    yaml: ['admin:', '  port: ${PORT}'],
    env: { PORT: 'eighty' },
    issues: ['2:9: admin.port: must be a number, not the text "eighty"'],
  },
  {
    story: 'a variable out of range',
    yaml: ['admin:', '  port: ${PORT}'],
    env: { PORT: '99999' },
    issues: ['2:9: admin.port: 99999 is out of range: write a whole number from 0 to 65535'],
  },
  {
    story: 'a variable inside of a text where a number belongs',
    yaml: ['admin:', '  port: "3${DIGIT}"'],
    env: { DIGIT: '1' },
    issues: ['2:9: admin.port: must be a number, not the text "31": remove the quotes'],
  },
];
