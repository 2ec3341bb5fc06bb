import { counted } from '../../terminal/amounts.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';

const SUBJECT = 'configuration';

/** The file, and what the running balancer makes of it. */
export async function checkConfiguration({ config, configFile, live }: Examination): Promise<Finding[]> {
  const { path, errors, notices, isThere } = configFile;
  const refused = live?.status.configFile?.error ?? '';
  return [
    ...(isThere ? [] : [withoutFile(path, live !== null)]),
    ...errors.map((error) => problem(SUBJECT, error, `Correct ${path}; what runs goes on as before.`)),
    ...notices.map((text) => notice(SUBJECT, text)),
    ...(config === null ? [] : [ok(SUBJECT, `${path} holds: ${counted(config.services.length, 'service')}`)]),
    ...(refused === '' ? [] : [problem(SUBJECT, `the running balancer refuses its file: ${refused}`)]),
  ];
}

function withoutFile(path: string, isRunning: boolean): Finding {
  if (isRunning) return ok(SUBJECT, `there is no ${path}; looking at what the running balancer says`);
  return notice(
    SUBJECT,
    `there is no ${path}`,
    'Name the file with --config, or the running balancer with --admin.',
  );
}
