import { dockerCodes } from './docker-codes.js';
import type { ErrorEntry } from './error-entry.js';
import { exitCodes, type ExitCode, type ExitName } from './exit-codes.js';
import { generalCodes } from './general-codes.js';
import { hookCodes } from './hook-codes.js';
import { kubernetesCodes } from './kubernetes-codes.js';
import { restoreCodes } from './restore-codes.js';
import { snapshotCodes } from './snapshot-codes.js';
import { sshCodes } from './ssh-codes.js';
import { stateCodes } from './state-codes.js';

/** Every error code. Codes and their exit codes are stable: scripts read them in `--log-format json`. */
export const errorCodes = {
  ...generalCodes,
  ...stateCodes,
  ...sshCodes,
  ...dockerCodes,
  ...kubernetesCodes,
  ...snapshotCodes,
  ...restoreCodes,
  ...hookCodes,
} as const;

export type ErrorCode = keyof typeof errorCodes;

type ExitOf<Code extends ErrorCode> = (typeof errorCodes)[Code]['exit'];

/** The codes of one class of failure, e.g. `CodeOf<'ssh'>`. */
export type CodeOf<Name extends ExitName> = {
  [Code in ErrorCode]: ExitOf<Code> extends readonly ExitName[]
    ? Name extends ExitOf<Code>[number]
      ? Code
      : never
    : Name extends ExitOf<Code>
      ? Code
      : never;
}[ErrorCode];

/** The codes that have one exit code only: it need not be given. */
export type CodeOfOneClass = {
  [Code in ErrorCode]: ExitOf<Code> extends ExitName ? Code : never;
}[ErrorCode];

/** The exit codes that an error with the code can have. */
export function exitCodesOf(code: ErrorCode): readonly ExitCode[] {
  const { exit }: ErrorEntry = errorCodes[code];
  return (typeof exit === 'string' ? [exit] : exit).map((name) => exitCodes[name]);
}
