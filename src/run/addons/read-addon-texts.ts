import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { fileErrorOf } from '../../core/errors.js';
import { createLimiter } from '../../core/limit.js';
import type { AddonText } from '../../plan/addons/user/addon-text.js';
import { isUrl } from '../catalog/metadata-source.js';
import { download, nameOf } from '../download.js';
import { readTextFile } from '../read-text-file.js';

export interface ReadTextsOptions {
  /** Path of cluster.yml; other paths are relative to its directory. */
  readonly configPath: string;
  readonly signal: AbortSignal;
  /** False for a run without a network: a URL is reported as not read. */
  readonly fetchesUrls: boolean;
}

/** The texts of `addons_include`, and what could not be read. */
export interface ReadTexts {
  readonly texts: readonly AddonText[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A manifest for a whole distribution has 3 MB. */
const maxMegabytes = 10;
const readsAtOnce = 8;

/** Reads the files, directories and URLs of `addons_include`. Everything that cannot be read is reported, nothing is left out silently. */
export async function readIncludes(
  { addonsInclude }: Pick<ClusterSpec, 'addonsInclude'>,
  options: ReadTextsOptions,
): Promise<ReadTexts> {
  const limited = createLimiter(readsAtOnce);
  const reads = (addonsInclude ?? []).map((entry, index) =>
    limited(() => readInclude(entry, `addons_include[${index}]`, options)),
  );
  const found = await Promise.all(reads);
  return {
    texts: found.flatMap(({ texts }) => texts),
    diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
  };
}

function readInclude(entry: string, path: string, options: ReadTextsOptions): Promise<ReadTexts> {
  if (entry.trim() === '')
    return Promise.resolve(failed(path, 'empty; remove the entry, or name a file or URL'));
  if (isUrl(entry)) return readUrl(entry, path, options);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(entry))
    return Promise.resolve(
      failed(
        path,
        `invalid URL ${nameOf(entry)}: expected http:// or https://, or the path of a file`,
        'bad-url',
      ),
    );
  return readPath(entry, path, options);
}

const failed = (path: string, message: string, code: Diagnostic['code'] = 'not-readable'): ReadTexts => ({
  texts: [],
  diagnostics: [{ severity: 'error', code, path, message }],
});

async function readUrl(
  url: string,
  path: string,
  { signal, fetchesUrls }: ReadTextsOptions,
): Promise<ReadTexts> {
  const name = nameOf(url);
  if (!fetchesUrls)
    return {
      texts: [],
      diagnostics: [{ severity: 'warning', code: 'not-readable', path, message: `not fetched: ${name}` }],
    };
  const answer = await download(url, { signal, maxMegabytes });
  if (answer.kind !== 'body')
    return failed(path, `cannot fetch ${name}: ${'why' in answer ? answer.why : 'no content'}`);
  if (/^\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|\?xml)/is.test(answer.text))
    return failed(path, `${name} is a web page, not a manifest; use the URL of the raw file`);
  // Nobody publishes an empty manifest, and it would delete what the URL had before.
  if (answer.text.split('\n').every((line) => /^\s*(?:#.*|---\s*)?$/.test(line)))
    return failed(path, `the answer of ${name} is empty`);
  return { texts: [{ path, file: name, text: answer.text }], diagnostics: [] };
}

/**
 * Reads a file or directory relative to the directory of cluster.yml. RKE v1 read it relative to the working directory
 * (cluster/addons.go:403), so a path that exists only there is accepted with a warning; one that exists in both must be the same.
 */
async function readPath(entry: string, path: string, { configPath }: ReadTextsOptions): Promise<ReadTexts> {
  const expanded = entry.replace(/^~(?=\/|$)/, homedir());
  const besideFile = resolve(dirname(configPath), expanded);
  const inWorkingDirectory = resolve(expanded);
  const [beside, working] = await Promise.all([realPath(besideFile), realPath(inWorkingDirectory)]);
  if (beside !== undefined && working !== undefined && beside !== working)
    return failed(
      path,
      `"${entry}" is ambiguous: it exists beside cluster.yml (${besideFile}) and in the working directory (${inWorkingDirectory}), where RKE v1 read it; write an absolute path`,
    );
  if (beside === undefined && working !== undefined) {
    const message = `read from the working directory, as in RKE v1: ${inWorkingDirectory}; write a path relative to cluster.yml, or an absolute one`;
    const { texts, diagnostics } = await readFound(inWorkingDirectory, entry, path);
    return { texts, diagnostics: [...diagnostics, { severity: 'warning', code: 'bad-path', path, message }] };
  }
  if (beside === undefined)
    return failed(path, `file not found: ${entry} (looked for ${besideFile})`, 'missing-file');
  return readFound(besideFile, displayPath(configPath, expanded), path);
}

/** As a user would open it: relative to the working directory, like the path of cluster.yml itself. */
function displayPath(configPath: string, entry: string): string {
  return entry.startsWith('/') ? entry : join(dirname(configPath), entry);
}

async function realPath(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}

async function readFound(location: string, name: string, path: string): Promise<ReadTexts> {
  try {
    const { isDirectory } = await stat(location).then((found) => ({ isDirectory: found.isDirectory() }));
    return isDirectory ? await readDirectory(location, name, path) : await readText(location, name, path);
  } catch (error) {
    return failed(path, `cannot read ${name}: ${fileErrorOf(error)}`);
  }
}

/** As `kubectl apply -f DIRECTORY`: the manifests of the directory itself, sorted by name. */
async function readDirectory(location: string, name: string, path: string): Promise<ReadTexts> {
  const entries = await readdir(location, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  if (files.some((file) => /^kustomization(\.ya?ml)?$/i.test(file)))
    return failed(
      path,
      `${name} is a kustomization, which is not supported; run \`kubectl kustomize ${name} > all.yml\` and include the result`,
    );
  const manifests = files.filter((file) => /\.(ya?ml|json)$/.test(file)).sort();
  if (manifests.length === 0) return failed(path, `${name} has no .yml, .yaml or .json file`);
  const read = await Promise.all(
    manifests.map((file) => readText(join(location, file), join(name, file), path)),
  );
  return {
    texts: read.flatMap(({ texts }) => texts),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

async function readText(location: string, name: string, path: string): Promise<ReadTexts> {
  const read = await readTextFile(location, maxMegabytes);
  return read.ok
    ? { texts: [{ path, file: name, text: read.text }], diagnostics: [] }
    : failed(path, `cannot read ${name}: ${read.why}`);
}
