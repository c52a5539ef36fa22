import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redacted, redactText, redactValue } from '../../src/core/redact.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const keyLines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-'));

const secret = fc.stringMatching(/^[A-Za-z0-9+_.~]{8,40}$/);
const prose = fc.string({ maxLength: 40 });

describe('redactText', () => {
  it('removes a private key, wherever it is, incomplete or escaped', () => {
    const forms = [pem, pem.slice(0, -40), pem.replace(/\n/g, '\\n'), pem.replace(/^/gm, '      ')];
    fc.assert(
      fc.property(prose, prose, fc.constantFrom(...forms), (before, after, key) => {
        const shown = redactText(`${before}${key}${after}`);
        expect(keyLines.some((line) => shown.includes(line.slice(0, 20)))).toBe(false);
      }),
    );
  });

  it('removes keys in base64, as in kubeconfigs', () => {
    const base64 = Buffer.from(pem).toString('base64');
    expect(redactText(`client-key-data: ${base64}`)).toBe(`client-key-data: ${redacted}`);
    expect(redactText(`it is ${base64}.`)).toBe(`it is ${redacted}.`);
  });

  it("removes logins of registries, as in the kubelet's container", () => {
    const auth = Buffer.from('ops:hunter22').toString('base64');
    const logins = Buffer.from(JSON.stringify({ auths: { 'reg.example': { auth } } })).toString('base64');
    const shown = (text: string): string => redactText(text.replace('LOGINS', logins));
    expect(shown('env RKE_KUBELET_DOCKER_CONFIG=LOGINS differs')).toBe(
      `env RKE_KUBELET_DOCKER_CONFIG=${redacted} differs`,
    );
    expect(shown('{"Env":["RKE_KUBELET_DOCKER_CONFIG=LOGINS"]}')).toBe(
      `{"Env":["RKE_KUBELET_DOCKER_CONFIG=${redacted}"]}`,
    );
  });

  it('keeps certificates, which are public', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(redactText(certificate)).toBe(certificate);
    const base64 = Buffer.from(certificate).toString('base64');
    expect(redactText(base64)).toBe(base64);
  });

  it('removes a value that is named as a secret', () => {
    const templates: ((value: string) => string)[] = [
      (value) => `password=${value}`,
      (value) => `--registry-password ${value} --next`,
      (value) => `REGISTRY_TOKEN=${value},other=1`,
      (value) => `"secretKey": "${value}"`,
      (value) => `  - client_secret: ${value}`,
      (value) => `access-key: '${value}'`,
      (value) => `Authorization: Bearer ${value}`,
      (value) => `authorization: Basic ${value}`,
      (value) => `https://user:${value}@registry.example/v2/`,
      (value) => `passphrase: two words ${value}`,
    ];
    fc.assert(
      fc.property(prose, secret, fc.constantFrom(...templates), (before, value, template) => {
        fc.pre(!before.includes(value) && !redacted.includes(value) && !template('').includes(value));
        expect(redactText(`${before}\n${template(value)}`)).not.toContain(value);
      }),
    );
  });

  it.each([
    'ops:tops3cret@10.0.0.1',
    '"u:tops3cret@r.example.org:5000/x": no',
    "got 'u:tops3cret@lb'",
    'x (a:tops3cret@b)',
  ])('removes a password before a host without a scheme: %s', (text) => {
    expect(redactText(text)).not.toContain('tops3cret');
    expect(redactText(text)).toContain(`:${redacted}@`);
  });

  it.each(['busybox:1.0@sha256:0123', 'nodes[0]: ops@host', 'user: ops@host', 'host:22 and a@b'])(
    'keeps %s',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );

  it('takes time proportional to the length of the text', () => {
    const parts = [
      'a',
      'a.',
      '--a',
      '-----BEGIN PRIVATE KEY-----',
      'http://',
      'eyJa.',
      'token ',
      'LS0tLS1CRUdJTi',
      ' ',
    ];
    const started = performance.now();
    for (const part of parts) redactText(part.repeat(Math.ceil(100_000 / part.length)));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('removes what follows a quoted secret as well', () => {
    expect(redactText(`password="a b"rest, more`)).toBe('password=(redacted), more');
    expect(redactText(`--token 'a b'rest more`)).toBe('--token (redacted) more');
  });

  it('changes nothing the second time', () => {
    const words = fc.constantFrom(
      'password',
      ': ',
      '=',
      '"',
      'token',
      ' ',
      '\n',
      'Bearer',
      'abc',
      '://u:p@',
      "'",
      ...keyLines,
      '-----BEGIN PRIVATE KEY-----',
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const once = redactText(parts.join(''));
        expect(redactText(once)).toBe(once);
      }),
    );
  });

  it.each([
    'kube-apiserver exits: bind: address already in use',
    '--service-account-private-key-file=/etc/kubernetes/ssl/kube-service-account-token-key.pem',
    'secretName: metrics-server',
    'https://127.0.0.1:6443/healthz answers 500',
    'pull registry.example:5000/rancher/hyperkube:v1.30.4-rancher1@sha256:abc',
    'kind: Secret',
  ])('keeps %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redactValue', () => {
  it('redacts lists and objects, and keeps everything else', () => {
    expect(
      redactValue({
        a: ['token=abc', 1, null],
        password: 'x y',
        b: { text: 'fine', on: true, none: undefined },
      }),
    ).toEqual({
      a: [`token=${redacted}`, 1, null],
      password: redacted,
      b: { text: 'fine', on: true, none: undefined },
    });
  });

  it('keeps the shape of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(redactValue({ value })).replace(/[^[\]{}]/g, '').length).toBeLessThanOrEqual(
          JSON.stringify({ value }).replace(/[^[\]{}]/g, '').length,
        );
      }),
    );
  });
});

describe('the ids of operations', () => {
  it('are kept, because programs use them', () => {
    const event = {
      type: 'operation-skipped',
      operation: 'run:etcd@10.0.0.1',
      because: 'healthy:etcd@10.0.0.2',
    };
    expect(redactValue(event)).toEqual(event);
  });
});
