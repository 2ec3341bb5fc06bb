import { statSync } from 'node:fs';
import { isLoopback } from '../../../common/config/units/loopback.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';

const SUBJECT = 'admin';

/** Whether the admin API answers, who else could reach it, and who could read its token. */
export async function checkAdmin({ config, live, admin }: Examination): Promise<Finding[]> {
  return [
    live === null
      ? notice(SUBJECT, admin.error, 'Looking at the file alone; --admin names another one.')
      : ok(SUBJECT, `${admin.url} answers, version ${live.status.version}`),
    ...transport(admin.url),
    ...(config === null ? [] : [exposure(config.admin.host), ...tokenFile(config.admin.tokenFile)]),
  ];
}

function transport(url: string): Finding[] {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    notice(
      SUBJECT,
      `the token goes to ${url} unencrypted: whoever is in between can read it`,
      'Give the admin listener TLS, or use a tunnel.',
    ),
  ];
}

function exposure(host: string): Finding {
  if (isLoopback(host)) return ok(SUBJECT, 'only this machine reaches the admin API');
  return notice(
    SUBJECT,
    `admin.host is ${host}: other machines reach the admin API`,
    'Keep it behind a firewall, with TLS; 127.0.0.1 is the default.',
  );
}

function tokenFile(path: string): Finding[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [ok(SUBJECT, `the first start makes the token file ${path}`)];
  const mode = stats.mode & 0o777;
  if ((mode & 0o077) === 0 || process.platform === 'win32')
    return [ok(SUBJECT, `only its owner reads ${path}`)];
  return [
    problem(
      SUBJECT,
      `${path} can be read by others (mode ${mode.toString(8).padStart(4, '0')})`,
      `Run \`chmod 600 ${path}\`, and make a new token (remove the file, start again) if somebody may have read it.`,
    ),
  ];
}
