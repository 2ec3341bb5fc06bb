import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

export interface CertificateOptions {
  /** Host names and IPv4 addresses; the first one is also the subject. */
  readonly names: readonly string[];
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: in an hour. */
  readonly notAfter?: Date;
}

/** As `tls.createServer` takes it. */
export interface IssuedCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of our own for tests: X.509 version 3 (RFC 5280) with P-256 keys, made in about a millisecond. */
export class CertificateAuthority {
  private readonly key: KeyObject;
  private readonly name: Buffer;
  /** PEM text to trust. */
  readonly cert: string;

  constructor(commonName = 'Velocity test authority') {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.key = privateKey;
    this.name = distinguishedName(commonName);
    const isAuthority = extension('551d13', sequence(tlv(0x01, Buffer.from([0xff]))), true);
    this.cert = this.sign({ names: [commonName] }, publicKey, [isAuthority]);
  }

  issue(options: CertificateOptions): IssuedCertificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = options.names.map((name) =>
      isIP(name) === 4
        ? tlv(0x87, Buffer.from(name.split('.').map(Number)))
        : tlv(0x82, Buffer.from(name, 'latin1')),
    );
    const cert = this.sign(options, publicKey, [extension('551d11', sequence(...names))]);
    return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
  }

  private sign(options: CertificateOptions, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
    const hourMs = 3_600_000;
    const body = sequence(
      tlv(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ecdsaWithSha256,
      this.name,
      sequence(
        generalizedTime(options.notBefore ?? new Date(Date.now() - hourMs)),
        generalizedTime(options.notAfter ?? new Date(Date.now() + hourMs)),
      ),
      distinguishedName(options.names[0] ?? ''),
      publicKey.export({ type: 'spki', format: 'der' }),
      tlv(0xa3, sequence(...extensions)),
    );
    const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, this.key)]));
    const base64 = sequence(body, ecdsaWithSha256, signature).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  }
}

/** DER: tag, length, value (ITU-T X.690 section 8.1). */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const head = length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tlv(0x02, bytes);
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** One common name (2.5.4.3). */
function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId('550403'), tlv(0x0c, Buffer.from(commonName)));
  return sequence(tlv(0x31, attribute));
}

function generalizedTime(time: Date): Buffer {
  return tlv(0x18, Buffer.from(`${time.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`));
}

function extension(oidHex: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [tlv(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(oidHex), ...critical, tlv(0x04, value));
}
