import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { loadCluster, type LoadOptions } from '../config/validate.js';
import { ConfigError } from '../core/config-error.js';
import type { Diagnostic, Result } from '../core/diagnostic.js';
import { messageOf, usageError } from '../core/errors.js';
import { isEncrypted, readPrivateKey } from '../host/ssh/private-key.js';

/** What RKE took in silence, by the flag that allows it, and what is put in place of variables. */
export type ReadingFlags = Pick<
  LoadOptions,
  'allowUnknown' | 'allowDuplicateKeys' | 'allowImageMismatch' | 'variables'
>;

/** 10,000 nodes need a tenth of it. */
const mostBytes = 10 * 1024 * 1024;

/**
 * The text of a cluster file.
 *
 * @throws RkeError (exit 2) where there is no such file, ConfigError (exit 3) where it cannot be read as text
 */
export async function readClusterText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  if (bytes.length > mostBytes)
    throw notReadable(file, `it is larger than ${mostBytes / 1024 / 1024} MiB, which no cluster file is`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const line = firstBadLine(bytes);
    throw notReadable(file, 'this line is not UTF-8 text; is this a cluster file?', line);
  }
}

/** Checks the text with what the rules can see of this machine. */
export function checkCluster(
  text: string,
  options: Omit<LoadOptions, 'exists' | 'readText' | 'isPrivateKey'>,
): Result<ClusterSpec> {
  return loadCluster(text, { ...options, exists, readText, isPrivateKey });
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES')
      throw notReadable(file, `you may not read it; let its owner give you the right (chmod u+r)`);
    const why =
      code === 'EISDIR' ? 'it is a folder' : code === 'ENOENT' ? 'there is no such file' : messageOf(cause);
    throw usageError(`cannot read ${file}: ${why}`, {
      fix: 'name the cluster file with --config, or make one with rke config init USER@HOST…',
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

/** One with a passphrase, too: whether it is the right one turns out when it is asked for. */
function isPrivateKey(text: string): boolean {
  return isEncrypted(text) || readPrivateKey(text) !== undefined;
}
