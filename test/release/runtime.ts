import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Runtime, Target } from './targets.js';

/**
 * The Node binary of a platform, from its npm package. The package is kept outside the repository, and its hash is compared with
 * the one in `runtimes.json` every time.
 */
export async function readRuntime(target: Target): Promise<Buffer> {
  return await readRuntimeFile(target, target.binary);
}

/** The license of a Node binary. */
export async function readRuntimeLicense(target: Target): Promise<string> {
  return (await readRuntimeFile(target, 'package/LICENSE')).toString();
}

async function readRuntimeFile({ runtime }: Target, path: string): Promise<Buffer> {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rke-release');
  const archive = join(folder, `${runtime.name}-${runtime.version}.tgz`);
  const kept = await readFile(archive).catch(() => undefined);
  if (kept !== undefined && integrityOf(kept) === runtime.integrity) return extractFile(kept, path);
  const fetched = await fetchPackage(runtime, { folder, archive });
  return extractFile(fetched, path);
}

async function fetchPackage(
  { name, version, integrity }: Runtime,
  { folder, archive }: { readonly folder: string; readonly archive: string },
): Promise<Buffer> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'fetch-'));
  try {
    await promisify(execFile)('npm', ['pack', '--silent', `${name}@${version}`, '--pack-destination', work], {
      cwd: work,
    });
    const [file = ''] = await readdir(work);
    const content = await readFile(join(work, file));
    const actual = integrityOf(content);
    if (actual !== integrity)
      throw new Error(`it has the hash ${actual}; expected ${integrity} (test/release/runtimes.json)`);
    await rename(join(work, file), archive);
    return content;
  } catch (error) {
    throw new Error(
      `cannot get the Node binary: npm package ${name}@${version}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function integrityOf(content: Buffer): string {
  return `sha512-${createHash('sha512').update(content).digest('base64')}`;
}

/** One file of a gzipped tar archive. */
async function extractFile(archive: Buffer, path: string): Promise<Buffer> {
  const entries = extract();
  entries.end(gunzipSync(archive));
  for await (const entry of entries) {
    if (entry.header.name !== path) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  throw new Error(`the package has no ${path}`);
}
