import { exitCodes, RkeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { CheckResult } from '../../reconcile/checks/check-result.js';
import type { DoctorFinding, ExaminedPart } from './doctor-report.js';
import { partReasons } from './part-reasons.js';

/** Converts the results of the checks of `rke up` to findings. */
export function findingsOfChecks(results: readonly CheckResult[]): DoctorFinding[] {
  return results.flatMap(({ check, host, status, message, fix }): DoctorFinding[] =>
    status === 'ok'
      ? []
      : [
          {
            part: check,
            severity: status === 'failed' ? 'error' : 'warning',
            host,
            ...(status === 'failed' ? { code: `CHECK_${check.toUpperCase().replaceAll('-', '_')}` } : {}),
            message,
            why: partReasons[check],
            fix,
          },
        ],
  );
}

/** Converts a failure that `rke up` would have. @param part if its code does not say it */
export function findingOfFailure(
  { error, host }: Pick<Failure, 'error' | 'host'>,
  part: ExaminedPart = partOf(error),
): DoctorFinding {
  const code = error instanceof RkeError ? error.code : 'INTERNAL';
  const evidence = error instanceof RkeError ? (error.details.evidence ?? []) : [];
  return {
    part,
    severity: 'error',
    ...(host === undefined ? {} : { host }),
    code,
    message: [error.message, ...(evidence.length === 0 ? [] : [`(${evidence.join('; ')})`])].join(' '),
    why: partReasons[part],
    fix:
      (error instanceof RkeError ? error.fix : undefined) ??
      'run the same command with --debug for its cause',
  };
}

function partOf(error: Error): ExaminedPart {
  const code = error instanceof RkeError ? error.code : '';
  if (code === 'SSH_FORWARDING') return 'forwarding';
  if (error instanceof RkeError && error.exitCode === exitCodes.ssh) return 'ssh';
  if (code === 'DOCKER_VERSION') return 'docker-version';
  if (code === 'PORT_IN_USE' || code === 'PORT_BLOCKED') return 'ports';
  if (code.startsWith('STATE_') || code === 'OTHER_CLUSTER') return 'state';
  if (code === 'FOREIGN_CONTAINER') return 'containers';
  return code.startsWith('PULL_') || code.startsWith('IMAGE') ? 'images' : 'docker-access';
}
