import { exitCodes } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import type { HostCertificateStatus } from '../../pki/check/certificate-status.js';
import { formatDay } from '../../pki/x509/validity.js';
import {
  readCertificateStatus,
  type CertificateReport,
  type HostStatus,
} from '../../commands/certificates/status.js';
import { formatColumns } from '../show/columns.js';
import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';

export interface CertStatusFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
  readonly warnDays: number;
  /** False with --no-hosts. */
  readonly hosts: boolean;
}

/**
 * `rke cert status`.
 *
 * @returns 10 if a certificate, of the state or on a host, expires within the given days; otherwise 9 if some hosts were not
 *   reached, and 5 or 6 if none was
 */
export async function printCertStatus(flags: CertStatusFlags, context: CommandContext): Promise<number> {
  const { output, warnDays } = flags;
  let code: number = exitCodes.ok;
  const failed = await runCommand({ ...flags, quiet: true }, context, async (options) => {
    const { status, unreached } = await readCertificateStatus({ ...options, withHosts: flags.hosts });
    context.io.stdout.write(
      output === 'json' ? `${JSON.stringify(status, null, 2)}\n` : formatStatus(status, warnDays),
    );
    const days = [...status.certificates, ...status.hosts.flatMap((host) => host.certificates)];
    if (days.some(({ daysLeft, isUsed }) => isUsed && (daysLeft ?? warnDays) < warnDays))
      code = exitCodes.expiring;
    else if (unreached.length > 0)
      throw new RunFailedError(unreached, { isPartial: unreached.length < status.hosts.length });
    return undefined;
  });
  return failed === exitCodes.ok ? code : failed;
}

function formatStatus({ certificates, hosts, warnings }: CertificateReport, warnDays: number): string {
  const rows = certificates.map(({ name, subject, issuer, expires, daysLeft, isUsed, sans }) => [
    name,
    subject,
    issuer,
    formatDay(expires),
    isUsed ? formatDaysLeft(daysLeft, warnDays) : `${daysLeft} not used`,
    sans.join(' '),
  ]);
  const header = ['CERTIFICATE', 'SUBJECT', 'ISSUER', 'EXPIRES', 'DAYS LEFT', 'NAMES'];
  const onHosts = hosts.flatMap((host) => formatHost(host, warnDays));
  return [
    formatColumns([header, ...rows]),
    ...warnings.map((warning) => `\nwarning: ${warning}\n`),
    ...(onHosts.length === 0 ? [] : [`\n${formatColumns(onHosts)}`]),
  ].join('');
}

const formatDaysLeft = (days: number, warnDays: number): string =>
  days < 0 ? `${days} expired` : days < warnDays ? `${days} soon` : `${days}`;

/** One row for a host that has what it should, otherwise one for each fault. */
function formatHost({ host, error, certificates }: HostStatus, warnDays: number): string[][] {
  if (error !== undefined) return [[host, 'unknown', error]];
  const wrong = certificates.flatMap((one) => {
    const text = describeFault(one, warnDays);
    return text === undefined ? [] : [[host, one.name, text]];
  });
  return wrong.length > 0
    ? wrong
    : [[host, 'ok', `${certificates.length} certificates, all the same as in the state`]];
}

function describeFault(
  { match, daysLeft, expires, isUsed }: HostCertificateStatus,
  warnDays: number,
): string | undefined {
  const end = expires === undefined ? '' : formatDay(expires);
  const time =
    daysLeft === undefined || !isUsed || daysLeft >= warnDays
      ? []
      : [daysLeft < 0 ? `expired on ${end}` : `expires on ${end} (${daysLeft} days left)`];
  const other = match === 'differs' ? 'differs from the state' : match;
  const parts = [...(match === 'same' || match === 'as-good' ? [] : [other]), ...time];
  return parts.length === 0 ? undefined : parts.join(', ');
}
