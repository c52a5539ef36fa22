import type { ErrorTable } from './error-entry.js';

/** Errors of the hooks of `--hooks`. Exit code 11. */
export const hookCodes = {
  HOOK_FAILED: {
    exit: 'hook',
    summary:
      'the program of a hook ended with an exit code other than 0, or its URL answered with status 300 or above',
    fix: 'fix what its output names, then run the same command again',
  },
  HOOK_TIMEOUT: {
    exit: 'hook',
    summary: 'the program of a hook did not end in time and was stopped, or its URL did not answer',
    fix: 'fix it, or set a longer `timeout` in hooks.yml, then run the same command again',
  },
  HOOK_NOT_STARTED: {
    exit: 'hook',
    summary: 'the program of a hook cannot be started, or its URL cannot be reached',
    fix: 'fix `run`, `url`, `ca_file` or `header_file` in hooks.yml, then run the same command again',
  },
} as const satisfies ErrorTable;
