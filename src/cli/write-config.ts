import { resolve } from 'node:path';
import { refuseOverwriting, writeConfigFile } from '../commands/config/write-file.js';
import { loadCluster } from '../config/validate.js';
import type { VersionCatalog } from '../versions/catalog.js';
import type { Io } from './io.js';
import { shortestPath } from './options/shortest-path.js';

/** Where a command that creates a cluster file puts it. */
export interface TargetFlags {
  readonly name: string;
  readonly print?: boolean;
  readonly force?: boolean;
}

/** Refuses to overwrite a file, before any question is asked. @throws RkeError (exit 2) */
export function checkTarget({ name, print, force }: TargetFlags, { cwd }: Pick<Io, 'cwd'>): void {
  if (print !== true && force !== true) refuseOverwriting(pathOf(name, cwd));
}

/** Writes the file, or prints it. @param mode of a file with secrets @throws RkeError (exit 2) if it cannot be written, or exists and must not be replaced */
export async function putConfig(
  text: string,
  { name, print, force }: TargetFlags,
  io: Io,
  mode?: number,
): Promise<void> {
  if (print === true) {
    io.stdout.write(text);
    return;
  }
  await writeConfigFile(pathOf(name, io.cwd), text, force === true, mode);
  io.stderr.write(`${name} written\n`);
}

/** Prints the errors and warnings that `rke up` would report for a file; for one that was written and is valid, what comes next. */
export function printDiagnostics(
  text: string,
  catalog: VersionCatalog,
  { name, print }: TargetFlags,
  io: Io,
): void {
  const loaded = loadCluster(text, { catalog, forChange: true });
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  for (const { severity, path, message } of found)
    io.stderr.write(`${severity}: ${name}: ${path === '' ? '' : `${path}: `}${message}\n`);
  if (!loaded.ok || print === true) return;
  const config = name === 'cluster.yml' ? '' : ` -c ${name}`;
  io.stderr.write(`next: rke doctor${config} examines the hosts, rke up${config} creates the cluster\n`);
}

const pathOf = (name: string, cwd: string): string => shortestPath(resolve(cwd, name));
