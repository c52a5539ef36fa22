import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makePages } from './pages.js';
import { createWorkFolder } from './work-folder.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Fields of package.json that are for those who use the package. */
const kept = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'bin',
  'exports',
  'dependencies',
];

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

/**
 * Writes the npm package to a directory. It contains its dependencies, exactly those of package-lock.json, so that it installs without
 * a registry; none of them runs a script or compiles something.
 *
 * @returns its file name
 */
export async function writeNpmPackage(folder: string): Promise<string> {
  await using work = await createWorkFolder();
  const stage = join(work.path, 'package');
  await mkdir(stage);
  await run(process.execPath, [tsc, '-p', root, '--outDir', join(stage, 'dist'), '--sourceMap', 'false']);
  await cp(`${root}src/versions/data`, join(stage, 'dist/versions/data'), { recursive: true });
  for (const path of ['bin', 'docs', 'examples', 'README.md', 'LICENSE'])
    await cp(`${root}${path}`, join(stage, path), { recursive: true });
  const pages = makePages();
  for (const [path, text] of pages) await writeFileAt(join(stage, path), text);
  await copyDependencies(stage);
  await writeManifest(
    stage,
    [...pages.keys()].filter((path) => path.startsWith('man/')),
  );
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work.path], { cwd: stage });
  const name = (await readdir(work.path)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack has written no file');
  await cp(join(work.path, name), join(folder, name));
  return name;
}

async function copyDependencies(stage: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(`${root}package-lock.json`, 'utf8')) as Lock;
  const paths = Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true)
    .map(([path]) => path);
  for (const path of paths) {
    await cp(`${root}${path}`, join(stage, path), {
      recursive: true,
      // Packages in it are in the list, too.
      filter: (source) => !source.slice(`${root}${path}`.length).includes('node_modules'),
    });
    const manifest = join(stage, path, 'package.json');
    const fields = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
    delete fields['scripts'];
    delete fields['optionalDependencies'];
    await writeFile(manifest, JSON.stringify(fields, undefined, 2));
  }
}

async function writeManifest(stage: string, man: readonly string[]): Promise<void> {
  const manifest = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as Record<string, object>;
  const fields = Object.fromEntries(kept.map((name) => [name, manifest[name]]));
  const bundleDependencies = Object.keys(manifest['dependencies'] ?? {});
  await writeFile(
    join(stage, 'package.json'),
    `${JSON.stringify({ ...fields, man, bundleDependencies }, undefined, 2)}\n`,
  );
}

async function writeFileAt(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
