import { stateError } from '../../core/errors.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { createSigningRequests, listUnusableKeys } from '../../pki/custom/signing-requests.js';
import { readCertDir, writePem } from '../../state/cert-dir.js';
import { certDirOf } from '../program/cert-dir-flag.js';
import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { openSession } from '../../run/session.js';

export interface CertCsrFlags extends ClusterFlags {
  readonly certDir?: string;
}

/** `rke cert generate-csr`: requests for your own authority. Contacts no host. */
export function generateCsr(flags: CertCsrFlags, context: CommandContext): Promise<number> {
  return runCommand({ ...flags, quiet: true }, context, async (options) => {
    const { spec } = await openSession(options, { forChange: false, withoutState: true });
    const folder = certDirOf(flags, context.io);
    const there = await readCertDir(folder);
    const bad = listUnusableKeys(spec, there.keys).map((name) => `${name}-key.pem`);
    if (bad.length > 0)
      throw stateError('CUSTOM_KEYS', `in ${folder} are keys that cannot be used: ${bad.join(', ')}`, {
        fix: 'put RSA keys there that are not encrypted, or take these away to have new ones made',
      });
    const requests = await createSigningRequests(spec, there, createKeyFactory());
    // The key first: a request without its key is of no use.
    for (const { name, keyPem, csrPem } of requests) {
      if (keyPem !== undefined) await writePem(folder, `${name}-key.pem`, keyPem);
      if (csrPem !== undefined) await writePem(folder, `${name}-csr.pem`, csrPem);
    }
    const written = requests.flatMap(({ name, csrPem }) => (csrPem === undefined ? [] : [`${name}-csr.pem`]));
    const keys = requests.filter(({ keyPem }) => keyPem !== undefined).length;
    const kept = requests.length - written.length;
    context.io.stdout.write(
      [
        `${folder}: ${written.length} requests written, ${kept} kept; ${keys} keys made`,
        ...written,
        next,
        '',
      ].join('\n'),
    );
    return undefined;
  });
}

const next = `
Have each <name>-csr.pem signed as <name>.pem: kube-apiserver-proxy-client by kube-apiserver-requestheader-ca, all others by
kube-ca. Put kube-ca.pem, kube-apiserver-requestheader-ca.pem and, for a new cluster, kube-service-account-token-key.pem
beside them. Then: rke up --custom-certs (docs/certificates.md)`;
