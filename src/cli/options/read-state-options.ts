import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileErrorOf, usageError } from '../../core/errors.js';
import type { Io } from '../io.js';
import type { StateOptions } from '../../run/state/state-options.js';

/** Flags of commands that work with the state file. */
export interface StateFlags {
  readonly stateKeyFile?: string;
  readonly breakLock?: boolean;
}

/**
 * Reads the state options from flags and environment: `--state-key-file` overrides RKE_STATE_PASSPHRASE; RKE_STATE_HISTORY is the
 * number of versions to keep.
 *
 * @throws RkeError (exit 2) for an unusable key file, or an invalid number
 */
export async function readStateOptions(
  { stateKeyFile, breakLock }: StateFlags,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<StateOptions> {
  const fromEnv = env['RKE_STATE_PASSPHRASE'];
  const passphrase = stateKeyFile === undefined ? fromEnv : await readKeyFile(resolve(cwd, stateKeyFile));
  return {
    breakLock,
    history: parseHistory(env['RKE_STATE_HISTORY']),
    passphrase: passphrase === '' ? undefined : passphrase,
  };
}

/** Reads the passphrase: the content of the file without line ends after it. */
async function readKeyFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError(`cannot read the key file ${path}: ${fileErrorOf(cause)}`, {
      fix: 'set a readable file with the passphrase with --state-key-file',
      cause,
    });
  });
  const passphrase = text.replace(/[\r\n]+$/, '');
  if (passphrase !== '') return passphrase;
  throw usageError(`the key file ${path} is empty`, {
    fix: `write a passphrase to it, e.g. \`openssl rand -base64 32 > ${path}\``,
  });
}

function parseHistory(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw usageError(`RKE_STATE_HISTORY is "${text}", expected an integer from 0 to 999`, {
    fix: 'set it to the number of versions to keep, or unset it for 5',
  });
}
