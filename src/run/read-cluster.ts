import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { loadCluster, type LoadOptions } from '../config/validate.js';
import { ConfigError } from '../core/config-error.js';
import type { Diagnostic, Result } from '../core/diagnostic.js';
import { fileErrorOf, usageError } from '../core/errors.js';
import { isEncrypted, readPrivateKey } from '../host/ssh/private-key.js';

/** What is accepted although RKE v1 accepted it silently, by flag; and the values of variables. */
export type ReadingFlags = Pick<
  LoadOptions,
  'allowUnknown' | 'allowDuplicateKeys' | 'allowImageMismatch' | 'variables'
>;

/** A file with 10,000 nodes needs a tenth of this. */
export const maxClusterBytes = 10 * 1024 * 1024;

/**
 * Reads the text of a cluster file, or of an overlay.
 *
 * @param flag that names it
 * @throws RkeError (exit 2) if the file does not exist, ConfigError (exit 3) if it is not readable text
 */
export async function readClusterText(
  file: string,
  flag: '--config' | '--overlay' = '--config',
): Promise<string> {
  return decodeClusterText(await readBytes(file, flag), file);
}

/** The text of a cluster file. @throws ConfigError (exit 3) if it is too large, or not UTF-8 */
export function decodeClusterText(bytes: Buffer, file: string): string {
  if (bytes.length > maxClusterBytes)
    throw notReadable(file, `larger than ${maxClusterBytes / 1024 / 1024} MiB; is this a cluster file?`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const line = firstBadLine(bytes);
    throw notReadable(file, 'not UTF-8; is this a cluster file?', line);
  }
}

/** Checks the text of a cluster file; its rules may read files of this machine. */
export function checkCluster(
  text: string,
  options: Omit<LoadOptions, 'exists' | 'readText' | 'isPrivateKey'>,
): Result<ClusterSpec> {
  return loadCluster(text, { ...options, exists, readText, isPrivateKey });
}

async function readBytes(file: string, flag: '--config' | '--overlay'): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES')
      throw notReadable(file, `permission denied; allow your user to read it, e.g. \`chmod u+r ${file}\``);
    const why =
      code === 'EISDIR' ? 'it is a directory' : code === 'ENOENT' ? 'no such file' : fileErrorOf(cause);
    throw usageError(`cannot read ${file}: ${why}`, {
      fix:
        flag === '--overlay'
          ? 'set a file that exists with --overlay, or leave it out'
          : 'set the cluster file with --config, or create one with `rke config init USER@HOST…`',
      cause,
    });
  }
}

function notReadable(file: string, message: string, line = 1): ConfigError {
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'not-readable',
    path: '',
    position: { line, column: 1 },
    message,
  };
  return new ConfigError(file, '', [diagnostic]);
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    line += 1;
    start = end + 1;
  }
  return line;
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}

function exists(path: string): boolean {
  return existsSync(onThisMachine(path));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(onThisMachine(path), 'utf8');
  } catch {
    return undefined;
  }
}

const onThisMachine = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, homedir()));

/** True also for an encrypted key: its passphrase is checked when the key is used. */
function isPrivateKey(text: string): boolean {
  return isEncrypted(text) || readPrivateKey(text) !== undefined;
}
