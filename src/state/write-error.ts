import { dirname } from 'node:path';
import type { CodeOf } from '../core/codes/error-codes.js';
import { messageOf, stateError, type RkeError } from '../core/errors.js';
import { errnoOf } from './file-system.js';

/**
 * The error for a file that could not be written, which distinguishes a full disk from missing permission.
 *
 * @param untouched what was not changed, e.g. `the old state is untouched`
 */
export function writeError(code: CodeOf<'state'>, path: string, cause: unknown, untouched: string): RkeError {
  const { why, fix } = explain(cause, dirname(path));
  return stateError(code, `cannot write ${path}: ${why}`, { fix: `${fix}; ${untouched}`, cause });
}

function explain(cause: unknown, directory: string): Explanation {
  const known = explanations[errnoOf(cause) ?? ''];
  return (
    known?.(directory) ?? {
      why: messageOf(cause),
      fix: `check that ${directory} exists, is writable and has free space, then run the command again`,
    }
  );
}

interface Explanation {
  readonly why: string;
  readonly fix: string;
}

const notAllowed = (directory: string): Explanation => ({
  why: `no permission to write in ${directory}`,
  fix: `run rke as the owner of ${directory}, or give this user write permission`,
});

const explanations: Readonly<Record<string, (directory: string) => Explanation>> = {
  ENOSPC: (directory) => ({
    why: 'the disk is full',
    fix: `free space on the disk of ${directory}, then run the command again`,
  }),
  EDQUOT: (directory) => ({
    why: 'your disk quota is exceeded',
    fix: `free space in ${directory}, then run the command again`,
  }),
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (directory) => ({
    why: `${directory} is read-only`,
    fix: 'mount it read-write, or work on a copy of the directory',
  }),
};
