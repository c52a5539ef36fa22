import { isUrlOf } from '../../core/url.js';
import type { EtcdSpec } from '../cluster-spec.js';
import { countCertificates, describeNonPem, isCertificate, isPair, isPlainKey } from './pem.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.etcd';

/**
 * External etcd: its URLs, and the certificates that kube-apiserver presents to it. RKE v1 checked them only when it created
 * certificates (pki/services.go GenerateExternalEtcdCertificates), and crashed on a key that is not RSA.
 */
export const externalEtcdRules: Rule = ({ spec }) => {
  const { etcd } = spec.services;
  const { externalUrls = [] } = etcd;
  return externalUrls.length === 0 ? [] : [...checkUrls(externalUrls), ...checkCertificates(etcd)];
};

function checkUrls(given: readonly string[]): Finding[] {
  return given.flatMap((url, index) =>
    isUrlOf(url, ['https', 'http'])
      ? []
      : [
          refusal(
            'bad-url',
            `${path}.external_urls[${index}]`,
            `expected a URL such as https://etcd-1.example.com:2379, got "${url}"`,
          ),
        ],
  );
}

function checkCertificates({ caCert = '', cert = '', key = '' }: EtcdSpec): Finding[] {
  // Missing ones are reported by etcdRules.
  const invalid = [
    ...(caCert === '' || isCertificate(caCert) ? [] : [notPem('ca_cert', caCert, 'certificate')]),
    ...(cert === '' || isCertificate(cert) ? [] : [notPem('cert', cert, 'certificate')]),
    ...(key === '' || isPlainKey(key) ? [] : [notPem('key', key, 'private key')]),
  ];
  const areValid = cert !== '' && key !== '' && isCertificate(cert) && isPlainKey(key);
  return [
    ...invalid,
    ...(areValid && !isPair(cert, key)
      ? [refusal('bad-certificate', `${path}.key`, 'the private key does not match the certificate in cert')]
      : []),
    ...checkChain('ca_cert', caCert),
    ...checkChain('cert', cert),
  ];
}

function notPem(member: string, text: string, wanted: 'certificate' | 'private key'): Finding {
  return refusal(
    wanted === 'certificate' ? 'bad-certificate' : 'bad-key',
    `${path}.${member}`,
    `expected a ${wanted} in PEM format, got ${describeNonPem(text, wanted, member)}`,
  );
}

function checkChain(member: string, text: string): Finding[] {
  const count = countCertificates(text);
  return count < 2
    ? []
    : [
        warning(
          'certificate-chain',
          `${path}.${member}`,
          `only the first of the ${count} certificates is used, the same as RKE v1`,
        ),
      ];
}
