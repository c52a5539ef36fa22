import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { listCaWarnings, requireValidCas } from '../../src/pki/check/ca-expiry.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { listRotatedNames } from '../../src/pki/issue/rotation.js';
import { selfSignCa } from '../../src/pki/x509/x509.js';
import { noKey, now, reconcile, rkeBundle, rkeSpec } from './takeover.js';

const day = 86_400_000;
const front = 'kube-apiserver-requestheader-ca';
const tenYears = 3650;
let key: string;
let custom: CertificateBundle;

beforeAll(async () => {
  key = await createKeyFactory()();
  const ca = rkeBundle['kube-ca'];
  if (ca === undefined) throw new Error('the fixture has a CA');
  custom = { ...rkeBundle, 'kube-ca': { ...ca, commonName: 'kube-ca' } };
});

/** The bundle with a CA that has the given days left. Its key is that of the fixture, so that what it signed stays valid. */
function endingIn(days: number, name: string, bundle: CertificateBundle = rkeBundle): CertificateBundle {
  const entry = bundle[name];
  if (entry === undefined) throw new Error(`no ${name} in the fixture`);
  const made = new Date(now.getTime() + (days - tenYears) * day);
  const certificatePEM = selfSignCa({ commonName: name, keyPem: entry.keyPEM, now: made });
  return { ...bundle, [name]: { ...entry, certificatePEM } };
}

const endOf = (bundle: CertificateBundle, name: string): Date =>
  new Date(new X509Certificate(bundle[name]?.certificatePEM ?? '').validTo);

describe('a CA that expires', () => {
  it.each(['kube-ca', front])('is reported from one year before its end, with a fix: %s', (name) => {
    expect(listCaWarnings(endingIn(366, name), now)).toEqual([]);
    const [warning, ...others] = listCaWarnings(endingIn(364, name), now);
    expect(others).toEqual([]);
    expect(warning).toMatch(new RegExp(`^the CA ${name} expires on 2027-12-2\\d \\(36\\d days left\\): `));
    expect(warning).toContain('`rke cert rotate --rotate-ca`');
    expect(listCaWarnings(endingIn(-3, name), now)[0]).toContain(`the CA ${name} expired on 2026-12-21: `);
  });

  it('has another fix if it is a custom CA or that of an external etcd', () => {
    expect(listCaWarnings(endingIn(90, 'kube-ca', custom), now)[0]).toContain('`rke up --custom-certs`');
    const etcd = endingIn(90, 'kube-ca')['kube-ca'];
    if (etcd === undefined) throw new Error('it was made above');
    const external = {
      ...rkeBundle,
      'kube-etcd-client-ca': { ...etcd, name: 'kube-etcd-client-ca', keyPEM: '' },
    };
    expect(listCaWarnings(external, now)).toEqual([expect.stringContaining('services.etcd.ca_cert')]);
  });

  it('is reported once if it is used as both CAs', () => {
    const bundle = endingIn(90, 'kube-ca', custom);
    const both = { ...bundle, [front]: { ...bundle[front], ...bundle['kube-ca'], keyPEM: '' } };
    expect(listCaWarnings(both as CertificateBundle, now)).toHaveLength(1);
  });

  it.each(['kube-ca', front])('signs nothing after its end, not even for a rotation: %s', async (name) => {
    const dead = endingIn(-1, name);
    const refusal = { code: 'CA_EXPIRED', exitCode: 4 };
    await expect(reconcile(rkeSpec, dead, { createKey: noKey })).rejects.toMatchObject({
      ...refusal,
      message: `the CA ${name} expired on 2026-12-23 and cannot sign certificates`,
      details: { fix: expect.stringContaining('rke cert rotate --rotate-ca') as string },
    });
    const rotation = { names: listRotatedNames(rkeSpec, []), includesCas: false };
    const createKey = (): Promise<string> => Promise.resolve(key);
    await expect(reconcile(rkeSpec, dead, { createKey, rotation })).rejects.toMatchObject(refusal);
    expect(() => requireValidCas(dead, now)).toThrow(expect.objectContaining(refusal) as Error);
  });

  it('is replaced by --rotate-ca even after its end', async () => {
    const rotation = { names: new Set<string>(), includesCas: true };
    const createKey = createKeyFactory();
    const { bundle } = await reconcile(rkeSpec, endingIn(-1, 'kube-ca'), { createKey, rotation });
    expect(endOf(bundle, 'kube-ca').getTime()).toBeGreaterThan(now.getTime() + 3600 * day);
    expect(listCaWarnings(bundle, now)).toEqual([]);
  }, 30_000);

  it('outlives every certificate that it signs, and a second run reissues nothing', async () => {
    const createKey = (): Promise<string> => Promise.resolve(key);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: tenYears - 1 }),
        fc.integer({ min: 0, max: 40 }),
        async (left, later) => {
          const old = endingIn(left, 'kube-ca');
          const rotation = { names: listRotatedNames(rkeSpec, []), includesCas: false };
          const first = await reconcile(rkeSpec, old, { createKey, rotation });
          const end = endOf(old, 'kube-ca');
          for (const name of Object.keys(first.bundle))
            if (name !== 'kube-apiserver-proxy-client' && name !== front)
              expect(endOf(first.bundle, name) <= end, name).toBe(true);
          const then = new Date(Math.min(now.getTime() + later * day, end.getTime() - 1));
          const second = await reconcile(rkeSpec, first.bundle, { createKey: noKey, now: then });
          const third = await reconcile(rkeSpec, second.bundle, { createKey: noKey, now: then });
          expect(third.changes).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);
});

describe('a new CA', () => {
  it('is backdated by an hour together with what it signs, because clocks of hosts may be behind', async () => {
    const rotation = { names: new Set<string>(), includesCas: true };
    const createKey = (): Promise<string> => Promise.resolve(key);
    const { bundle } = await reconcile(rkeSpec, rkeBundle, { createKey, rotation });
    for (const { name, certificatePEM } of Object.values(bundle)) {
      const { validFrom } = new X509Certificate(certificatePEM);
      expect(new Date(validFrom).toISOString(), name).toBe('2026-12-24T11:00:00.000Z');
    }
  });

  it.each(['kube-ca', front])('is reported if its validity starts in the future: %s', (name) => {
    const ahead = endingIn(tenYears + 1, name);
    expect(() => requireValidCas(ahead, now)).toThrow(
      expect.objectContaining({
        code: 'CA_NOT_YET_VALID',
        message: `the CA ${name} is not valid before 2026-12-25T11:00:00.000Z`,
      }) as Error,
    );
    expect(() => requireValidCas(rkeBundle, now)).not.toThrow();
  });
});
