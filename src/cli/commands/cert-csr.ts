import { generateCsr } from '../../commands/certificates/generate-csr.js';
import type { CommandContext } from '../command-context.js';
import { resolveCertDir } from '../options/cert-dir.js';
import { runCommand, type ClusterFlags } from '../run-command.js';

export interface CertCsrFlags extends ClusterFlags {
  readonly certDir?: string;
}

/** `rke cert generate-csr`. */
export function certCsr(flags: CertCsrFlags, context: CommandContext): Promise<number> {
  return runCommand({ ...flags, quiet: true }, context, async (options) => {
    const certDir = resolveCertDir(flags, context.io);
    const { written, kept, keys } = await generateCsr({ ...options, certDir });
    const summary = `${certDir}: ${written.length} requests written, ${kept} kept; ${keys} keys created`;
    context.io.stdout.write([summary, ...written, next, ''].join('\n'));
    return undefined;
  });
}

const next = `
Have each <name>-csr.pem signed as <name>.pem: kube-apiserver-proxy-client by kube-apiserver-requestheader-ca, all others by
kube-ca. Put kube-ca.pem, kube-apiserver-requestheader-ca.pem and, for a new cluster, kube-service-account-token-key.pem
beside them. Then: rke up --custom-certs (docs/certificates.md)`;
