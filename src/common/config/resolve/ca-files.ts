import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { quoted } from '../units/quoted.js';

const MAX_BYTES = 4 * 1_024 * 1_024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export type CaResult =
  { readonly ok: true; readonly pem: string } | { readonly ok: false; readonly problem: string };

/** Reads files of certificate authorities, each once in its life: one instance serves one validation. */
export class CaFiles {
  private readonly results = new Map<string, CaResult>();

  /** The PEM text, checked to hold certificates; or what is wrong. Never repeats the contents of a file. */
  read(path: string): CaResult {
    let result = this.results.get(path);
    if (result === undefined) {
      result = readCaFile(path);
      this.results.set(path, result);
    }
    return result;
  }
}

function readCaFile(path: string): CaResult {
  let pem: string;
  try {
    const stats = statSync(path);
    // Reading a pipe or a device would block the process.
    if (!stats.isFile()) return refuse(`${quoted(path)} is no file: name a PEM file with certificates`);
    if (stats.size > MAX_BYTES)
      return refuse(`${quoted(path)} is larger than 4MiB: name a PEM file with certificates`);
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'may not be read'
          : `cannot be read (${code})`;
    return refuse(
      `${quoted(path)} ${reason}: check the path, which starts at the working directory when it is relative`,
    );
  }
  return checkCertificates(path, pem);
}

function checkCertificates(path: string, pem: string): CaResult {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0)
    return refuse(`${quoted(path)} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  if (damaged >= 0)
    return refuse(`${quoted(path)} is damaged: its certificate ${damaged + 1} cannot be read`);
  return { ok: true, pem: blocks.join('\n') + '\n' };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function refuse(problem: string): CaResult {
  return { ok: false, problem };
}
