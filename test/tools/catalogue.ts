// `npm run catalogue -- SOURCE [TARGET]`: recreates src/versions/data. SOURCE is RKE's data.json, or a directory with its
// parts in separate files; data that this program does not use is left out.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'prettier';
import { isRecord, sortedEntries } from '../../src/core/stable.js';
import type { CatalogData } from '../../src/versions/catalog-data.js';
import { readMetadata } from '../../src/versions/metadata.js';

/** The files of the catalogue: the name of each part in CatalogData, and in data.json. */
export const parts: Readonly<Record<string, { readonly member: keyof CatalogData; readonly key: string }>> = {
  'system-images': { member: 'systemImages', key: 'K8sVersionRKESystemImages' },
  'service-options': { member: 'serviceOptions', key: 'K8sVersionServiceOptions' },
  'windows-service-options': { member: 'windowsServiceOptions', key: 'K8sVersionWindowsServiceOptions' },
  'docker-versions': { member: 'dockerVersions', key: 'K8sVersionDockerInfo' },
  'default-versions': { member: 'defaultVersions', key: 'RKEDefaultK8sVersions' },
  'version-info': { member: 'versionInfo', key: 'K8sVersionInfo' },
  'template-choice': { member: 'templateChoice', key: 'K8sVersionedTemplates' },
};

/**
 * Writes the catalogue's files, with all keys sorted.
 *
 * @returns how many Kubernetes versions there are
 * @throws Error if the source cannot be read or contains no catalogue
 */
export async function makeCatalogue(source: string, target: string): Promise<number> {
  const reading = readMetadata(await readSource(source));
  if (!reading.ok) throw new Error(`${source} contains no catalogue: ${reading.why}`);
  await mkdir(target, { recursive: true });
  for (const [name, { member }] of Object.entries(parts))
    await writeFile(join(target, `${name}.json`), await formatted(reading.data[member]));
  return Object.keys(reading.data.systemImages).length;
}

/** Formats JSON the same as `npm run format`. */
async function formatted(value: unknown): Promise<string> {
  return format(JSON.stringify(value, sortKeys, 2), { parser: 'json', printWidth: 110 });
}

async function readSource(source: string): Promise<unknown> {
  if (!(await stat(source)).isDirectory()) return readJson(source);
  const read = Object.entries(parts).map(
    async ([name, { key }]) => [key, await readJson(join(source, `${name}.json`))] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

function sortKeys(_key: string, value: unknown): unknown {
  return isRecord(value) ? Object.fromEntries(sortedEntries(value)) : value;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [source, target = fileURLToPath(new URL('../../src/versions/data', import.meta.url))] =
    process.argv.slice(2);
  if (source === undefined) {
    process.stderr.write(
      'usage: npm run catalogue -- SOURCE [TARGET]\nSOURCE: RKE’s data.json, or a directory with its parts\n',
    );
    process.exitCode = 2;
  } else {
    const versions = await makeCatalogue(source, target);
    process.stdout.write(`${versions} versions written to ${target}\n`);
  }
}
