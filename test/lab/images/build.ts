import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, type Log } from '../settings.js';
import { requireGo } from './go-version.js';
import { hashFolder, hashOf } from './hash.js';
import { labImages } from './images.js';
import type { LabImage } from './lab-image.js';
import { answers, copyImage, publicRegistry } from './public-registry.js';
import { pushImage } from './push.js';

export interface ImagesOptions {
  /** host:port of the registry from this machine. */
  readonly registry: string;
  /** Images that not every lab has. */
  readonly extra?: readonly LabImage[];
  readonly log: Log;
}

/** What the registry has, by what it was made from: kept beside the registry's own files. */
const recordFile = join(CACHE.registry, 'images.json');

/** Stands in the record for sources where the image is the real one. */
const pulled = 'pulled';

/**
 * Sees that the registry has every image of a lab cluster: the real ones where the public registry can be reached, else
 * what is built here. What it has from the same sources stays; without a change nothing is built, pushed or asked.
 *
 * @returns the names of all images
 */
export async function ensureImages({ registry, extra = [], log }: ImagesOptions): Promise<string[]> {
  const images = [...labImages, ...extra];
  const sources = await hashFolder(fileURLToPath(new URL('.', import.meta.url)));
  const record = await readRecord();
  const missing = images.filter((image) => ![sources, pulled].includes(record[keyOf(image)] ?? ''));
  const canPull = missing.length > 0 && (await answers(publicRegistry));
  if (canPull) log(`${missing.length} images to pull from ${publicRegistry}`);
  else if (missing.length > 0) {
    await requireGo();
    log(`${publicRegistry} cannot be reached from here`);
    log(`${missing.length} images to build or check; the first time takes up to half an hour`);
  }
  for (const image of missing) {
    const isReal = canPull && image.isOwn !== true && (await pull(image, { registry, log }));
    if (!isReal) {
      if (image.isOwn !== true) await requireGo();
      const layers = await image.make(log);
      for (const ref of image.refs) await pushImage(registry, ref, layers, image.config);
    }
    record[keyOf(image)] = isReal ? pulled : sources;
    await writeFile(recordFile, JSON.stringify(record, null, 2));
    log(`registry has ${image.refs.join(', ')}${isReal ? ', pulled' : ''}`);
  }
  return images.flatMap(({ refs }) => refs);
}

/** @returns whether the registry has the image under all its names now; if not, it can still be built */
async function pull({ refs }: LabImage, { registry, log }: ImagesOptions): Promise<boolean> {
  try {
    for (const ref of refs) await copyImage(publicRegistry, registry, ref);
    return true;
  } catch (error) {
    log(
      `cannot pull ${refs.join(', ')}: ${error instanceof Error ? error.message : String(error)}; it is built instead`,
    );
    return false;
  }
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
