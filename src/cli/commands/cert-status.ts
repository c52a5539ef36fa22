import { exitCodes } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import type { HostCertificateStatus } from '../../pki/check/certificate-status.js';
import { certStatus, type CertStatus, type HostStatus } from '../../commands/certificates/status.js';
import { columns } from '../show/columns.js';
import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { dayOf } from '../../commands/state/verify.js';

export interface CertStatusFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
  readonly warnDays: number;
  /** commander's name for what --no-hosts takes away */
  readonly hosts: boolean;
}

/**
 * `rke cert status`.
 *
 * @returns 10 if a certificate, of the state or on a host, ends within the given days; else 9 if some hosts were not reached,
 *   and 5 or 6 if none was
 */
export async function printCertStatus(flags: CertStatusFlags, context: CommandContext): Promise<number> {
  const { output, warnDays } = flags;
  let code: number = exitCodes.ok;
  const failed = await runCommand({ ...flags, quiet: true }, context, async (options) => {
    const { status, unreached } = await certStatus(options, { withHosts: flags.hosts, now: new Date() });
    context.io.stdout.write(
      output === 'json' ? `${JSON.stringify(status, null, 2)}\n` : asText(status, warnDays),
    );
    const days = [...status.certificates, ...status.hosts.flatMap((host) => host.certificates)];
    if (days.some(({ daysLeft, isUsed }) => isUsed && (daysLeft ?? warnDays) < warnDays))
      code = exitCodes.expiring;
    else if (unreached.length > 0)
      throw new RunFailedError(unreached, unreached.length < status.hosts.length);
    return undefined;
  });
  return failed === exitCodes.ok ? code : failed;
}

function asText({ certificates, hosts, warnings }: CertStatus, warnDays: number): string {
  const rows = certificates.map(({ name, subject, issuer, expires, daysLeft, isUsed, sans }) => [
    name,
    subject,
    issuer,
    dayOf(expires),
    isUsed ? remaining(daysLeft, warnDays) : `${daysLeft} not used`,
    sans.join(' '),
  ]);
  const header = ['CERTIFICATE', 'SUBJECT', 'ISSUER', 'EXPIRES', 'DAYS LEFT', 'NAMES'];
  const onHosts = hosts.flatMap((host) => hostRows(host, warnDays));
  return [
    columns([header, ...rows]),
    ...warnings.map((warning) => `\nwarning: ${warning}\n`),
    ...(onHosts.length === 0 ? [] : [`\n${columns(onHosts)}`]),
  ].join('');
}

const remaining = (days: number, warnDays: number): string =>
  days < 0 ? `${days} expired` : days < warnDays ? `${days} soon` : `${days}`;

/** One line for a host that has what it should; what is wrong there has lines of its own. */
function hostRows({ host, error, certificates }: HostStatus, warnDays: number): string[][] {
  if (error !== undefined) return [[host, 'unknown', error]];
  const wrong = certificates.flatMap((one) => {
    const text = faultOf(one, warnDays);
    return text === undefined ? [] : [[host, one.name, text]];
  });
  return wrong.length > 0
    ? wrong
    : [[host, 'ok', `${certificates.length} certificates, all as in the state`]];
}

function faultOf(
  { match, daysLeft, expires, isUsed }: HostCertificateStatus,
  warnDays: number,
): string | undefined {
  const end = expires === undefined ? '' : dayOf(expires);
  const time =
    daysLeft === undefined || !isUsed || daysLeft >= warnDays
      ? []
      : [daysLeft < 0 ? `expired on ${end}` : `expires on ${end} (${daysLeft} days left)`];
  const other = match === 'differs' ? 'differs from the state' : match;
  const parts = [...(match === 'same' || match === 'as-good' ? [] : [other]), ...time];
  return parts.length === 0 ? undefined : parts.join(', ');
}
