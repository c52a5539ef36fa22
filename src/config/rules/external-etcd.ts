import { isUrlOf } from '../../core/url.js';
import type { EtcdSpec } from '../cluster-spec.js';
import { countCertificates, describeNonPem, isCertificate, isPair, isPlainKey } from './pem.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.etcd';

/**
 * An etcd outside of the cluster: its URLs, and the certificates that kube-apiserver presents to it. RKE found out when it made
 * certificates (pki/services.go GenerateExternalEtcdCertificates), and crashed on a key of another kind than RSA.
 */
export const externalEtcdRules: Rule = ({ spec }) => {
  const { etcd } = spec.services;
  const { externalUrls = [] } = etcd;
  return externalUrls.length === 0 ? [] : [...urls(externalUrls), ...certificates(etcd)];
};

function urls(given: readonly string[]): Finding[] {
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

function certificates({ caCert = '', cert = '', key = '' }: EtcdSpec): Finding[] {
  // What is missing is reported by the rules that RKE has.
  const unreadable = [
    ...(caCert === '' || isCertificate(caCert) ? [] : [notPem('ca_cert', caCert, 'certificate')]),
    ...(cert === '' || isCertificate(cert) ? [] : [notPem('cert', cert, 'certificate')]),
    ...(key === '' || isPlainKey(key) ? [] : [notPem('key', key, 'private key')]),
  ];
  const areRead = cert !== '' && key !== '' && isCertificate(cert) && isPlainKey(key);
  return [
    ...unreadable,
    ...(areRead && !isPair(cert, key)
      ? [
          refusal(
            'bad-certificate',
            `${path}.key`,
            'this private key does not belong to the certificate in cert',
          ),
        ]
      : []),
    ...chain('ca_cert', caCert),
    ...chain('cert', cert),
  ];
}

function notPem(member: string, text: string, wanted: 'certificate' | 'private key'): Finding {
  return refusal(
    wanted === 'certificate' ? 'bad-certificate' : 'bad-key',
    `${path}.${member}`,
    `expected a ${wanted} in PEM form, got ${describeNonPem(text, wanted, member)}`,
  );
}

function chain(member: string, text: string): Finding[] {
  const count = countCertificates(text);
  return count < 2
    ? []
    : [
        warning(
          'certificate-chain',
          `${path}.${member}`,
          `only the first of these ${count} certificates is used, the same as RKE v1`,
        ),
      ];
}
