import { isDnsSubdomain } from '../../core/host-name.js';
import { isUrlOf } from '../../core/url.js';
import { isRecord } from '../../core/stable.js';
import type { HelmReleaseSpec } from '../cluster-spec.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/** The Helm charts of `addons_helm`: names, where the chart is, its version and its values. */
export const helmReleaseRules: Rule = ({ spec: { addonsHelm: releases = [] } }) =>
  releases.flatMap((release, index) => {
    const path = `addons_helm[${index}]`;
    return [
      ...checkNames(release, path),
      ...checkDuplicate(release, index, releases),
      ...((release.path ?? '') === '' ? checkRepo(release, path) : checkPath(release, path)),
      ...checkValues(release, path),
    ];
  });

/** Helm limits names of releases to 53 characters, because charts append to them (helm pkg/chartutil/validate_name.go). */
const maxReleaseName = 53;
const namespaceName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function checkNames({ name, namespace }: HelmReleaseSpec, path: string): Finding[] {
  return [
    ...(name === '' ? [error('missing', path, 'missing name; set the name of the release')] : []),
    ...(name === '' || (isDnsSubdomain(name) && name.length <= maxReleaseName)
      ? []
      : [
          error(
            'bad-name',
            `${path}.name`,
            `invalid name "${name}"; expected at most ${maxReleaseName} lower-case letters, digits, dashes and dots`,
          ),
        ]),
    ...(namespaceName.test(namespace) && namespace.length <= 63
      ? []
      : [
          error(
            'bad-name',
            `${path}.namespace`,
            `invalid namespace "${namespace}"; expected at most 63 lower-case letters, digits and dashes`,
          ),
        ]),
  ];
}

function checkDuplicate(
  { name, namespace }: HelmReleaseSpec,
  index: number,
  releases: readonly HelmReleaseSpec[],
): Finding[] {
  const first = releases.findIndex((other) => other.name === name && other.namespace === namespace);
  return name === '' || first === index
    ? []
    : [
        error(
          'duplicate-release',
          `addons_helm[${index}].name`,
          `addons_helm[${first}] is also release ${name} in namespace ${namespace}; choose another name`,
        ),
      ];
}

const chartName = /^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/;
const exactVersion = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const versionRange = /^[0-9A-Za-z.+^~<>=!|*, -]+$/;

function checkRepo(release: HelmReleaseSpec, path: string): Finding[] {
  const { chart = '', repo = '', version = '', username = '', password = '' } = release;
  if (repo === '')
    return [
      error('missing', path, 'set repo (the URL of a chart repository) or path (a chart on this machine)'),
    ];
  return [
    ...checkUrl(repo, `${path}.repo`),
    ...checkChart(chart, path),
    ...checkVersion(version, path),
    ...((username === '') === (password === '')
      ? []
      : [error('incomplete', path, 'username and password are used together; set both or neither')]),
  ];
}

function checkUrl(repo: string, path: string): Finding[] {
  const [, origin = ''] = /^([a-z]+:\/\/[^/?#]*)(?:\/[^\s?#]*)?$/.exec(repo) ?? [];
  if (isUrlOf(origin, ['http', 'https', 'oci'])) return [];
  const why = repo.includes('@')
    ? 'set username and password as separate keys'
    : 'expected http://, https:// or oci:// and a host';
  return [error('bad-url', path, `invalid repository: ${why}`)];
}

function checkChart(chart: string, path: string): Finding[] {
  if (chart === '') return [error('missing', path, 'missing chart; set the name of the chart in repo')];
  if (chartName.test(chart)) return [];
  const why = chart.includes('://')
    ? 'write the URL of the repository in repo'
    : 'expected the name of a chart in repo';
  return [error('bad-name', `${path}.chart`, `invalid chart "${chart}"; ${why}`)];
}

function checkVersion(version: string, path: string): Finding[] {
  if (exactVersion.test(version)) return [];
  if (version === '')
    return [
      warning(
        'unpinned-version',
        path,
        'no version, so each run uses the newest chart of the repository; set version',
      ),
    ];
  return versionRange.test(version) && !version.startsWith('-')
    ? [
        warning(
          'unpinned-version',
          `${path}.version`,
          `each run uses the newest chart in the range "${version}"; set an exact version`,
        ),
      ]
    : [error('bad-version', `${path}.version`, `invalid chart version "${version}"; expected e.g. 1.2.3`)];
}

/** Whether the files exist is checked where they are read (run/helm). */
function checkPath(release: HelmReleaseSpec, path: string): Finding[] {
  const { path: file = '', repo = '' } = release;
  if (repo !== '')
    return [
      error('not-allowed', `${path}.path`, 'repo is set as well; set the repository or the path, not both'),
    ];
  return (['chart', 'version', 'username', 'password'] as const).flatMap((key) =>
    (release[key] ?? '') === ''
      ? []
      : [warning('no-effect', `${path}.${key}`, `no effect with path: the chart is ${file}`)],
  );
}

function checkValues({ values }: HelmReleaseSpec, path: string): Finding[] {
  return values === undefined || isRecord(values)
    ? []
    : [error('wrong-type', `${path}.values`, `expected a map of values, got ${kindOf(values)}`)];
}

function kindOf(values: unknown): string {
  if (Array.isArray(values)) return 'a list';
  return typeof values === 'string' ? 'a string; remove the | or the quotes' : `a ${typeof values}`;
}
