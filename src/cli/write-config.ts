import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadCluster } from '../config/validate.js';
import { messageOf, usageError, type RkeError } from '../core/errors.js';
import { writeAtomically } from '../state/atomic-write.js';
import type { VersionCatalog } from '../versions/catalog.js';
import type { Io } from './io.js';

/** Where a command that makes a cluster file puts it. */
export interface TargetFlags {
  readonly name: string;
  readonly print?: boolean;
  readonly force?: boolean;
}

/** Stops before any question is asked where the file is there already. @throws RkeError (exit 2) */
export function refuseOverwriting({ name, print, force }: TargetFlags, { cwd }: Pick<Io, 'cwd'>): void {
  if (print !== true && force !== true && existsSync(resolve(cwd, name))) throw isThere(name);
}

/**
 * Writes the file, or prints it.
 *
 * @throws RkeError (exit 2) where it cannot be written, or is there already and is not to be replaced
 */
export async function putConfig(text: string, { name, print, force }: TargetFlags, io: Io): Promise<void> {
  if (print === true) {
    io.stdout.write(text);
    return;
  }
  const path = resolve(io.cwd, name);
  try {
    if (force === true) await writeAtomically(path, text);
    // 0640 as in RKE (cmd/config.go:99).
    else await writeFile(path, text, { flag: 'wx', mode: 0o640 });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw isThere(name);
    throw usageError(`cannot write ${name}: ${messageOf(cause)}`, {
      fix: 'name another file with --name, or print it with --print',
      cause,
    });
  }
  io.stderr.write(`${name} is written.\n`);
}

/** Tells at once what `rke up` would find wrong with a file. */
export function tellMistakes(text: string, catalog: VersionCatalog, { name }: TargetFlags, io: Io): void {
  const loaded = loadCluster(text, { catalog, forChange: true });
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  for (const { severity, path, message } of found)
    io.stderr.write(`${severity}: ${name}: ${path === '' ? '' : `${path}: `}${message}\n`);
}

function isThere(name: string): RkeError {
  return usageError(`${name} is already there`, {
    fix: 'replace it with --force, or name another file with --name',
  });
}
