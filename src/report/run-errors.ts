import { ConfigError } from '../core/config-error.js';
import { describeError } from '../core/describe-error.js';
import { RkeError } from '../core/errors.js';
import type { RunError } from '../core/events.js';
import { RunFailedError } from '../core/hosts-error.js';

/** Errors for programs: one entry for each failure, or for each error of cluster.yml. */
export function runErrors(error: unknown): RunError[] {
  if (error instanceof ConfigError)
    return error.diagnostics.map(({ code, path, file = error.file, position, message }) => {
      const place = position === undefined ? '' : `:${position.line}:${position.column}`;
      return { code, message: `${file}${place}: ${path === '' ? '' : `${path}: `}${message}` };
    });
  if (error instanceof RunFailedError)
    return error.failures.map(({ error: failure, host }) => runError(failure, host));
  return [runError(error)];
}

function runError(error: unknown, host = error instanceof RkeError ? error.host : undefined): RunError {
  const described = { ...(host === undefined ? {} : { host }), ...describeError(error) };
  const faults = error instanceof RkeError ? (error.details.faults ?? []) : [];
  const { evidence = [] } = described;
  return faults.length === 0 ? described : { ...described, evidence: [...faults, ...evidence] };
}
