import { describe, expect, it } from 'vitest';
import { resolveCluster } from '../../../src/config/resolve/resolve-cluster.js';
import { parseConfig } from '../../../src/config/schema/parse-config.js';
import { base, catalog, found } from './found.js';

const repo = 'chart: c, repo: https://charts.example.com, version: 1.2.3';
const withReleases = (...releases: readonly string[]): string =>
  `${base}addons_helm:\n${releases.map((release) => `  - { ${release} }\n`).join('')}`;
const check = (...releases: readonly string[]): string[] => found(withReleases(...releases));

describe('addons_helm', () => {
  it.each([
    `name: r, namespace: team-a, ${repo}`,
    `name: r, ${repo}`,
    'name: r.v2, chart: sub/c, repo: "oci://registry.example.com:5000/charts", version: v1.2.3-rc.1+build',
    `name: r, ${repo}, username: u, password: p`,
    'name: r, path: chart, values: { a: false, b: null, c: [] }, values_files: [good.yml, empty.yml]',
    'name: r, path: chart.tgz, api_versions: [monitoring.coreos.com/v1]',
  ])('accepts { %s }', (release) => {
    expect(check(release)).toEqual([]);
  });

  it.each([
    [repo, 'error 7:5 addons_helm[0]: missing name; set the name of the release'],
    [`name: Rancher, ${repo}`, 'error 7:13 addons_helm[0].name: invalid name "Rancher"; expected at most 53'],
    [`name: ${'r'.repeat(54)}, ${repo}`, `error 7:13 addons_helm[0].name: invalid name "${'r'.repeat(54)}"`],
    [`name: r, namespace: a.b, ${repo}`, 'error 7:27 addons_helm[0].namespace: invalid namespace "a.b"'],
    ['name: r', 'error 7:5 addons_helm[0]: set repo (the URL of a chart repository) or path'],
    [
      `name: r, ${repo}, path: chart`,
      'addons_helm[0].path: repo is set as well; set the repository or the path, not both',
    ],
    ['name: r, repo: https://charts.example.com, version: 1.2.3', 'addons_helm[0]: missing chart'],
    [
      'name: r, chart: "https://x.example.com/c.tgz", repo: https://x.example.com, version: 1.0.0',
      'addons_helm[0].chart: invalid chart "https://x.example.com/c.tgz"; write the URL of the repository in repo',
    ],
    [
      'name: r, chart: --debug, repo: https://x.example.com, version: 1.0.0',
      'addons_helm[0].chart: invalid chart',
    ],
    [
      'name: r, chart: c, repo: charts.example.com, version: 1.0.0',
      'addons_helm[0].repo: invalid repository: expected http',
    ],
    ['name: r, chart: c, repo: "file:///charts", version: 1.0.0', 'addons_helm[0].repo: invalid repository'],
    [
      'name: r, chart: c, repo: "https://u:hunter22@x.example.com", version: 1.0.0',
      'addons_helm[0].repo: invalid repository: set username and password as separate keys',
    ],
    [
      'name: r, chart: c, repo: https://x.example.com, version: newest$',
      'addons_helm[0].version: invalid chart version',
    ],
    [`name: r, ${repo}, username: u`, 'addons_helm[0]: username and password are used together'],
    ['name: r, path: chart, values: [a]', 'addons_helm[0].values: expected a map of values, got a list'],
    ['name: r, path: chart, values: "a: 1"', 'got a string; remove the | or the quotes'],
    ['name: r, path: chart, valuesfiles: [good.yml]', 'addons_helm[0].valuesfiles: unknown key'],
  ])('refuses { %s }', (release, message) => {
    const findings = check(release);
    expect(findings).toEqual([expect.stringContaining(message)]);
    expect(findings.join()).toMatch(/^error/);
    expect(findings.join()).not.toContain('hunter22');
  });

  it.each([
    ['name: r, chart: c, repo: https://x.example.com', 'warning 7:5 addons_helm[0]: no version'],
    [
      'name: r, chart: c, repo: https://x.example.com, version: ^1.2',
      'each run uses the newest chart in the range "^1.2"',
    ],
    ['name: r, path: chart, version: 1.2.3', 'addons_helm[0].version: no effect with path'],
  ])('warns of { %s }', (release, message) => {
    expect(check(release)).toEqual([expect.stringMatching(/^warning/)]);
    expect(check(release)).toEqual([expect.stringContaining(message)]);
  });

  it('refuses two releases with one name in one namespace', () => {
    const same = `name: r, namespace: a, ${repo}`;
    expect(check(same, `name: r, namespace: b, ${repo}`)).toEqual([]);
    expect(check(same, same)).toEqual([
      expect.stringContaining('addons_helm[1].name: addons_helm[0] is also release r in namespace a'),
    ]);
  });

  it('keeps values that are empty, which override defaults of a chart', () => {
    const values = { enabled: false, count: 0, name: '', list: [], map: {}, gone: null };
    const parsed = parseConfig(withReleases(`name: r, path: chart, values: ${JSON.stringify(values)}`));
    const spec = parsed.ok ? resolveCluster(parsed.value.config, catalog) : undefined;
    expect(spec?.addonsHelm).toEqual([{ name: 'r', namespace: 'default', path: 'chart', values }]);
  });
});
