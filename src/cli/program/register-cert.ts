import { InvalidArgumentError, Option, type Command } from 'commander';
import { nearest } from '../../core/nearest.js';
import { rotatableServices, type RotatableService } from '../../pki/rotation.js';
import { renewalDays } from '../../pki/days-left.js';
import type { CommandContext } from '../command-context.js';
import type { CertCsrFlags } from '../commands/cert-csr.js';
import type { CertRotateFlags } from '../commands/cert-rotate.js';
import type { CertStatusFlags } from '../commands/cert-status.js';
import { breakLockOption } from './state-flags.js';

/**
 * Puts `rke cert` with what stands under it on the command line.
 *
 * @param common adds the flags that all commands on a cluster have
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
    .description('rotate, look at and request certificates')
    .addHelpText(
      'after',
      `
docs/certificates.md tells which certificates there are and who reads them.

Examples:
  rke cert rotate
  rke cert rotate --service kubelet --service etcd`,
    );

  common(cert.command('rotate'))
    .description('make certificates anew, bring them to the hosts and restart what reads them')
    .addOption(
      new Option('--service <name>', `whose certificates: ${rotatableServices.join(', ')}; all without it`)
        .argParser(collectService)
        .default(undefined, 'all'),
    )
    .option('--rotate-ca', 'new authorities, and so all certificates; pods must be restarted afterwards')
    .addOption(breakLockOption())
    .addHelpText(
      'after',
      `
Works without an API and with certificates that have expired; a second run completes what a first one did not.

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
    .description('list the certificates of the state and of the hosts, those that end first at the top')
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addOption(
      new Option('--warn-days <days>', 'exit code 10 where one has fewer days left')
        .default(renewalDays)
        .argParser(wholeNumber),
    )
    .option('--no-hosts', 'look at the state alone, contact nothing')
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
    .description('write keys and requests for certificates that your own authority is to sign')
    .option('--cert-dir <folder>', "where they go; the cluster file's name with _certs unless given")
    .addHelpText(
      'after',
      `
Keys that are there stay; a request is made anew where the names have changed.

Examples:
  rke cert generate-csr
  rke cert generate-csr --cert-dir ./pki
  rke up --custom-certs --cert-dir ./pki        # when your authority has signed them`,
    )
    .action(async (flags: CertCsrFlags) => {
      const { generateCsr } = await import('../commands/cert-csr.js');
      setExitCode(await generateCsr(flags, context));
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('a whole number of days is wanted');
  return Number(text);
}

/** RKE took an empty name for all, and names that it did not know for nothing. */
function collectService(name: string, before: readonly RotatableService[] = []): readonly RotatableService[] {
  if (name === '') return before;
  const known = rotatableServices.find((service) => service === name);
  if (known !== undefined) return [...before, known];
  const meant = nearest(name, rotatableServices);
  throw new InvalidArgumentError(
    `there is no such service${meant === undefined ? '' : `, did you mean ${meant}?`} (${rotatableServices.join(', ')})`,
  );
}
