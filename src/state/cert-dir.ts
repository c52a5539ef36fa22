import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileErrorOf, stateError } from '../core/errors.js';
import { writeAtomically } from './atomic-write.js';

/** The PEM files of a directory, by kind and base name. */
export interface CertDir {
  readonly certificates: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, string>;
  readonly requests: ReadonlyMap<string, string>;
}

/** `kube-ca.pem`, `kube-ca-key.pem` and `kube-ca-csr.pem`; other files are ignored. A missing directory is empty. */
export async function readCertDir(directory: string): Promise<CertDir> {
  const found = { certificates: new Map(), keys: new Map(), requests: new Map() } satisfies Record<
    keyof CertDir,
    Map<string, string>
  >;
  for (const file of await namesIn(directory)) {
    if (!file.endsWith('.pem')) continue;
    const name = basename(file, '.pem');
    const kind = /-(key|csr)$/.exec(name)?.[1];
    const map = kind === 'key' ? found.keys : kind === 'csr' ? found.requests : found.certificates;
    map.set(name.replace(/-(key|csr)$/, ''), await read(join(directory, file)));
  }
  return found;
}

/** Writes one of its files; keys are readable by their owner only, requests have the mode of RKE v1. */
export async function writePem(directory: string, file: string, text: string): Promise<void> {
  const path = join(directory, file);
  try {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    await writeAtomically(path, text);
    if (!file.endsWith('-key.pem')) await chmod(path, 0o640);
  } catch (cause) {
    throw stateError('CERT_DIR_WRITE_FAILED', `cannot write ${path}: ${fileErrorOf(cause)}`, {
      fix: 'check that the directory is writable and has free space, or set another one with --cert-dir',
      cause,
    });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw unreadable(directory, cause);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Error {
  return stateError('CERT_DIR_READ_FAILED', `cannot read ${path}: ${fileErrorOf(cause)}`, {
    fix: 'check that you may read it, or set another directory with --cert-dir',
    cause,
  });
}
