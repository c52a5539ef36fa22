import { dirname } from 'node:path';
import type { CodeOf } from '../core/codes/error-codes.js';
import { messageOf, stateError, type RkeError } from '../core/errors.js';
import { errnoOf } from './file-system.js';

/**
 * The error for a file that could not be written: a full disk and a folder without the right to write are told apart.
 *
 * @param untouched what can be relied on, e.g. `the old state is untouched`
 */
export function writeError(code: CodeOf<'state'>, path: string, cause: unknown, untouched: string): RkeError {
  const { why, fix } = explain(cause, dirname(path));
  return stateError(code, `cannot write ${path}: ${why}`, { fix: `${fix}; ${untouched}`, cause });
}

function explain(cause: unknown, folder: string): Explanation {
  const known = explanations[errnoOf(cause) ?? ''];
  return (
    known?.(folder) ?? {
      why: messageOf(cause),
      fix: `make sure that ${folder} is there, is writable and has room, and run the command again`,
    }
  );
}

interface Explanation {
  readonly why: string;
  readonly fix: string;
}

const notAllowed = (folder: string): Explanation => ({
  why: `you may not write in ${folder}`,
  fix: `run rke as the owner of ${folder}, or let this user write there`,
});

const explanations: Readonly<Record<string, (folder: string) => Explanation>> = {
  ENOSPC: (folder) => ({
    why: 'the disk is full',
    fix: `make room on the disk of ${folder} and run the command again`,
  }),
  EDQUOT: (folder) => ({
    why: 'your disk quota is used up',
    fix: `make room in ${folder} and run the command again`,
  }),
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (folder) => ({
    why: `${folder} is read-only`,
    fix: 'mount it for writing, or work on a copy of the folder',
  }),
};
