import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it } from 'vitest';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { CertificateAuthority } from '../../support/certificate.authority.js';
import { eventually } from '../../support/eventually.js';
import { mongodbStorage } from '../../support/stores.js';
import { agreement, BalancerGroup, reaches, serviceOf, servedBy } from './balancer.group.js';

const kind = await mongodbStorage();
afterAll(() => kind.stop());

async function problemOf(balancer: BalancerProcess): Promise<string> {
  const answer = await balancer.api<{ configFile: { error: string } }>('GET', '/api/v1/status');
  return answer.body.configFile.error;
}

describe.skipIf(!kind.available)('a state that another balancer stored and that does not hold here', () => {
  const group = new BalancerGroup();

  it('leaves running what ran, is named in the status, and runs as soon as what was missing is there', async () => {
    const storage = kind.fresh();
    const [shop, api] = [await group.backend(), await group.backend()];
    const services = [serviceOf('shop', shop.url)];
    const [has, lacks] = [await group.join(storage, services), await group.join(storage, services)];
    await reaches(lacks, 'shop', shop.port);
    const ca = new CertificateAuthority().cert;
    await writeFile(path.join(has.dir, 'ca.pem'), ca);
    const secure = { ...serviceOf('secure', 'https://127.0.0.1:1'), tls: { ca: 'ca.pem' } };
    expect((await has.api('POST', '/api/v1/services', secure)).status).toBe(201);
    expect((await has.api('POST', '/api/v1/services', serviceOf('api', api.url))).status).toBe(201);

    await eventually(async () => expect(await problemOf(lacks)).toMatch(/cannot be used.*"ca\.pem"/s));
    expect(await servedBy(lacks, 'shop')).toBe(shop.port);
    expect(await servedBy(lacks, 'api')).toBe(0);
    expect((await lacks.api<{ status: string }>('GET', '/health/ready')).body.status).toBe('degraded');
    // What is changed here would have to run here.
    const refused = await lacks.api('POST', '/api/v1/services', serviceOf('more', api.url));
    expect(refused).toMatchObject({ status: 422, body: { code: 'CONFIG_INVALID' } });

    await writeFile(path.join(lacks.dir, 'ca.pem'), ca);
    await reaches(lacks, 'api', api.port);
    await eventually(async () => expect(await problemOf(lacks)).toBe(''));
    await agreement(has, lacks);
  });

  it('can be cured from here by the change that takes out what is missing', async () => {
    const storage = kind.fresh();
    const api = await group.backend();
    const [has, lacks] = [await group.join(storage, []), await group.join(storage, [])];
    await writeFile(path.join(has.dir, 'ca.pem'), new CertificateAuthority().cert);
    const secure = { ...serviceOf('secure', 'https://127.0.0.1:1'), tls: { ca: 'ca.pem' } };
    expect((await has.api('POST', '/api/v1/services', secure)).status).toBe(201);
    expect((await has.api('POST', '/api/v1/services', serviceOf('api', api.url))).status).toBe(201);
    await eventually(async () => expect(await problemOf(lacks)).toContain('ca.pem'));
    expect((await lacks.api('DELETE', '/api/v1/services/secure')).status).toBe(204);
    expect(await problemOf(lacks)).toBe('');
    await reaches(lacks, 'api', api.port);
    await agreement(has, lacks);
  });

  it('may be of a newer version: it says so, goes on, and takes what comes after it', async () => {
    const storage = kind.fresh();
    if (storage.driver !== 'mongodb') throw new Error('This is about documents.');
    const [shop, api] = [await group.backend(), await group.backend()];
    const balancer = await group.join(storage, [serviceOf('shop', shop.url)]);
    const client = await new mongoose.mongo.MongoClient(storage.uri).connect();
    const db = client.db(storage.database);
    const store = async (number: number, update: object) => {
      const before = await db.collection('revisions').findOne({ _id: (number - 1) as never });
      await db.collection('revisions').insertOne({ ...before, _id: number as never, author: 'newer' });
      await db.collection('services').updateOne({ _id: 'shop' as never }, update);
      const next = { $set: { revision: number } };
      await db.collection('registry_meta').updateOne({ _id: 'registry' as never }, next);
    };
    try {
      await store(2, { $set: { teleport: true, hosts: ['shop.test', 'new.test'] } });
      await eventually(async () => expect(await problemOf(balancer)).toContain('teleport'));
      expect(await servedBy(balancer, 'shop')).toBe(shop.port);
      expect(await servedBy(balancer, 'new')).toBe(0);
      await store(3, { $unset: { teleport: true } });
      await reaches(balancer, 'new', shop.port);
      expect(await problemOf(balancer)).toBe('');
      const created = await balancer.api('POST', '/api/v1/services', serviceOf('api', api.url));
      expect(created.status).toBe(201);
    } finally {
      await client.close();
    }
  });
});
