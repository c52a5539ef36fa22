import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../settings.js';
import type { Content, Layer } from './layers.js';
import { buildModule, type GoModule } from './programs.js';
import type { ImageConfig } from './push.js';

/** One image under all its names. `make` builds what it consists of. */
export interface LabImage {
  readonly refs: readonly string[];
  readonly config: ImageConfig;
  /** True if no public registry has it. */
  readonly isOwn?: true;
  readonly make: (log: Log) => Promise<readonly Layer[]>;
}

/** Environment of every image. */
export const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A file of the directory `files`. */
export const ownFile = (name: string): Content => ({
  from: fileURLToPath(new URL(`files/${name}`, import.meta.url)),
});

/** A program of a module, which is built now if it was not before. */
export const program = async (module: GoModule, name: string, log: Log): Promise<Content> => ({
  from: join(await buildModule(module, log), name),
});

/** All programs of a module, by their paths in the image. */
export async function programs(
  module: GoModule,
  folder: string,
  log: Log,
): Promise<Readonly<Record<string, Content>>> {
  const names = Object.keys(module.programs);
  const found = await Promise.all(names.map((name) => program(module, name, log)));
  return Object.fromEntries(found.map((content, index) => [`${folder}/${names[index] ?? ''}`, content]));
}

/** What the `finish` of a module added in a folder: all files, by their paths in the image. */
export async function finished(
  module: GoModule,
  folder: string,
  log: Log,
): Promise<Readonly<Record<string, Content>>> {
  return filesBelow(join(await buildModule(module, log), folder));
}

/** All files below a folder, by their paths in the image. */
export async function filesBelow(root: string): Promise<Readonly<Record<string, Content>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [file.slice(root.length), { from: file }]));
}
