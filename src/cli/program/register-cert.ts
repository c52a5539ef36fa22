import { InvalidArgumentError, Option, type Command } from 'commander';
import { nearest } from '../../core/nearest.js';
import { rotatableServices, type RotatableService } from '../../pki/issue/rotation.js';
import { renewalDays } from '../../pki/x509/validity.js';
import type { CommandContext } from '../command-context.js';
import type { CertCsrFlags } from '../commands/cert-csr.js';
import type { CertRotateFlags } from '../commands/cert-rotate.js';
import type { CertStatusFlags } from '../commands/cert-status.js';
import { timeoutOption } from '../options/timeout.js';
import { breakLockOption } from '../options/state-flags.js';
import { outputOption } from '../options/output.js';

/**
 * Adds `rke cert` and its subcommands to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerCert(
  program: Command,
  context: CommandContext,
  {
    setExitCode,
    common,
  }: { readonly setExitCode: (code: number) => void; readonly common: (command: Command) => Command },
): void {
  const cert = program
    .command('cert')
    .description('rotate and list certificates, write CSRs')
    .addHelpText(
      'after',
      `
docs/certificates.md lists the certificates and what reads them.

Examples:
  rke cert rotate
  rke cert rotate --service kubelet --service etcd`,
    );

  common(cert.command('rotate'))
    .description('reissue certificates, deploy them and restart what reads them')
    .addOption(
      new Option(
        '--service <name>',
        `only the certificates of: ${rotatableServices.join(', ')} (default: all)`,
      )
        .argParser(collectService)
        .default(undefined, 'all'),
    )
    .option('--rotate-ca', 'replace the CAs and all certificates; restart your pods afterwards')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Works without an API and with expired certificates. The next run completes a rotation that was interrupted.

Examples:
  rke cert rotate
  rke cert rotate --service kube-apiserver
  rke cert rotate --rotate-ca`,
    )
    .action(async (flags: CertRotateFlags) => {
      const { certRotate } = await import('../commands/cert-rotate.js');
      setExitCode(await certRotate(flags, context));
    });

  common(cert.command('status'))
    .description('list the certificates of the state and of the hosts by expiry')
    .addOption(outputOption())
    .addOption(
      new Option('--warn-days <days>', 'exit with code 10 if a certificate has fewer days left')
        .default(renewalDays)
        .argParser(dayCount),
    )
    .option('--no-hosts', 'read only the state file; contact no host')
    .addHelpText(
      'after',
      `
Examples:
  rke cert status
  rke cert status --no-hosts -o json | jq -r '.certificates[] | [.name, .daysLeft] | @tsv'
  rke cert status --warn-days 60 || [ $? -ne 10 ] || rke cert rotate`,
    )
    .action(async (flags: CertStatusFlags) => {
      const { printCertStatus } = await import('../commands/cert-status.js');
      setExitCode(await printCertStatus(flags, context));
    });

  common(cert.command('generate-csr'))
    .description('write private keys and CSRs for a custom CA to sign')
    .option('--cert-dir <directory>', 'directory to write to (default: <cluster file>_certs)')
    .addHelpText(
      'after',
      `
Existing keys are kept; a CSR is rewritten if its names changed.

Examples:
  rke cert generate-csr
  rke cert generate-csr --cert-dir ./pki
  rke up --custom-certs --cert-dir ./pki        # when the CA has signed them`,
    )
    .action(async (flags: CertCsrFlags) => {
      const { certCsr } = await import('../commands/cert-csr.js');
      setExitCode(await certCsr(flags, context));
    });
}

function dayCount(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected a number of days, 0 to 99999');
  return Number(text);
}

/** An empty name means all services, the same as RKE v1, which ignored unknown names. */
function collectService(name: string, before: readonly RotatableService[] = []): readonly RotatableService[] {
  if (name === '') return before;
  const known = rotatableServices.find((service) => service === name);
  if (known !== undefined) return [...before, known];
  const meant = nearest(name, rotatableServices);
  throw new InvalidArgumentError(
    `unknown service${meant === undefined ? '' : `; did you mean ${meant}?`} (expected ${rotatableServices.join(', ')})`,
  );
}
