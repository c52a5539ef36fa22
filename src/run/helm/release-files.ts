import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { HelmReleaseSpec } from '../../config/cluster-spec.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { fileErrorOf } from '../../core/errors.js';
import { parseYaml } from '../../yaml/parse-yaml.js';
import { isNull } from '../../yaml/yaml-node.js';
import { readTextFile } from '../read-text-file.js';

/** The files of this machine that a release names. */
export interface ReleaseFiles {
  /** Absolute path of the chart; undefined if it comes from a repository. */
  readonly chart: string | undefined;
  /** Texts of `values_files`, in order. */
  readonly values: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the files that a release names, relative to the directory of cluster.yml.
 *
 * @param path of the release in cluster.yml, e.g. `addons_helm[0]`
 */
export async function readReleaseFiles(
  { path: chart = '', valuesFiles = [] }: HelmReleaseSpec,
  path: string,
  configPath: string,
): Promise<ReleaseFiles> {
  const locate = (file: string): string =>
    resolve(dirname(configPath), file.replace(/^~(?=\/|$)/, homedir()));
  const location = chart === '' ? undefined : locate(chart);
  const read = await Promise.all(
    valuesFiles.map((file, index) => readValues(file, locate(file), `${path}.values_files[${index}]`)),
  );
  return {
    chart: location,
    values: read.flatMap(({ text }) => text ?? []),
    diagnostics: [
      ...(location === undefined ? [] : await checkChart(chart, location, `${path}.path`)),
      ...read.flatMap(({ diagnostics }) => diagnostics),
    ],
  };
}

const fault = (path: string, code: Diagnostic['code'], message: string): Diagnostic => ({
  severity: 'error',
  code,
  path,
  message,
});

async function checkChart(file: string, location: string, path: string): Promise<Diagnostic[]> {
  const found = await stat(location).catch((error: unknown) => fileErrorOf(error));
  if (typeof found === 'string') return [fault(path, 'missing-file', `chart not found: ${file} (${found})`)];
  const isChart = found.isDirectory()
    ? await stat(join(location, 'Chart.yaml')).then(
        () => true,
        () => false,
      )
    : /\.(?:tgz|tar\.gz)$/.test(location);
  return isChart
    ? []
    : [
        fault(
          path,
          'bad-path',
          `${file} is not a chart; expected a directory with Chart.yaml, or a .tgz archive`,
        ),
      ];
}

/** Values of the largest charts have 200 KB. */
const maxMegabytes = 10;

interface ReadValues {
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

async function readValues(file: string, location: string, path: string): Promise<ReadValues> {
  const read = await readTextFile(location, maxMegabytes);
  if (!read.ok) return { diagnostics: [fault(path, 'missing-file', `cannot read ${file}: ${read.why}`)] };
  const { text } = read;
  const parsed = parseYaml(text, 'last');
  if (!parsed.ok) {
    const [first] = parsed.diagnostics;
    const line = first?.position === undefined ? '' : `:${first.position.line}`;
    return {
      diagnostics: [fault(path, 'yaml-syntax', `${file}${line}: ${first?.message ?? 'invalid YAML'}`)],
    };
  }
  const { value } = parsed;
  if (value !== undefined && value.kind !== 'map' && !isNull(value))
    return {
      diagnostics: [fault(path, 'wrong-type', `expected a map of values in ${file}, got a ${value.kind}`)],
    };
  return { text, diagnostics: [] };
}
