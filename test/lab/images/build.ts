import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE, type Log } from '../settings.js';
import { requireGo } from './go-version.js';
import { hashFolder, hashOf } from './hash.js';
import { labImages, type LabImage } from './images.js';
import { pushImage } from './push.js';
import { fileURLToPath } from 'node:url';

export interface ImagesOptions {
  /** host:port of the registry from this machine. */
  readonly registry: string;
  readonly log: Log;
}

/** What the registry has, by what it was made from: kept beside the registry's own files. */
const recordFile = join(CACHE.registry, 'images.json');

/**
 * Sees that the registry has every image of a lab cluster. What it has from the same sources stays; without a change
 * nothing is built, pushed or asked.
 *
 * @returns the names of all images
 */
export async function ensureImages({ registry, log }: ImagesOptions): Promise<string[]> {
  const sources = await hashFolder(fileURLToPath(new URL('.', import.meta.url)));
  const record = await readRecord();
  const missing = labImages.filter((image) => record[keyOf(image)] !== sources);
  if (missing.length > 0) {
    await requireGo();
    log(`${missing.length} images to build or check; the first time takes up to half an hour`);
  }
  for (const image of missing) {
    const layers = await image.make(log);
    for (const ref of image.refs) await pushImage(registry, ref, layers, image.config);
    record[keyOf(image)] = sources;
    await writeFile(recordFile, JSON.stringify(record, null, 2));
    log(`registry has ${image.refs.join(', ')}`);
  }
  return labImages.flatMap(({ refs }) => refs);
}

const keyOf = ({ refs, config }: LabImage): string => hashOf(...refs, JSON.stringify(config));

async function readRecord(): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(recordFile, 'utf8')) as Record<string, string>;
  } catch {
    // None yet, or cut off while it was written: everything is then checked once more, and layers that are there stay.
    return {};
  }
}
