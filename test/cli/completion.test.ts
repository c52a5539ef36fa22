import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addSnapshotName, keepSnapshotNames } from '../../src/cli/completion/snapshot-names.js';
import { stateText } from '../pki/takeover.js';
import { runIn, useFolder } from './run.js';

const folder = useFolder();

/** What completion prints for a line: what is in front of the cursor. */
async function complete(line: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { code, stdout } = await runIn(folder(), ['__complete', '--', ...line.split(' ').slice(1)], env);
  expect(code).toBe(0);
  const [source = '', ...words] = stdout.trimEnd().split('\n');
  return source === 'words' ? words.map((word) => word.replace(/\t.*/, '')) : [source];
}

describe('completion', () => {
  it.each([
    ['rke u', ['up', 'util']],
    ['rke etcd snap', ['snapshot-save', 'snapshot-restore']],
    ['rke up --pull', ['--pull-concurrency']],
    ['rke up --log-format ', ['auto', 'plain', 'json']],
    ['rke up --log-format p', ['plain']],
    ['rke up --log-format=p', ['--log-format=plain']],
    ['rke up --config ', ['files']],
    ['rke up -c ', ['files']],
    ['rke up --config=prod', ['files']],
    ['rke up --cert-dir ', ['directories']],
    ['rke up --timeout ', []],
    ['rke up --concurrency 5 --dry', ['--dry-run']],
    ['rke up --dry-run=', []],
    ['rke completion f', ['fish']],
    ['rke nonsense --', ['--version', '--help']],
  ])('of "%s" offers %j', async (line, words) => {
    expect(await complete(line)).toEqual(words);
  });

  it('offers the flags of a command that has no arguments', async () => {
    expect(await complete('rke up ')).toEqual(expect.arrayContaining(['--config', '--dry-run', '--help']));
  });

  it('offers no command that the help does not show', async () => {
    expect(await complete('rke ')).not.toContain('__complete');
  });

  it('offers no flags after --', async () => {
    expect(await complete('rke node remove -- --')).toEqual([]);
  });

  describe('of nodes', () => {
    const clusterYml = 'nodes:\n- { address: 10.0.0.1, hostname_override: alpha }\n- { address: 10.0.0.2 }\n';

    it.each([
      ['rke node remove ', ['alpha', '10.0.0.2']],
      ['rke node remove alpha 1', ['10.0.0.2']],
      ['rke up --nodes al', ['alpha']],
      ['rke up --nodes alpha,', ['alpha,10.0.0.2']],
      ['rke up --nodes=alpha,', ['--nodes=alpha,10.0.0.2']],
    ])('of "%s" offers %j', async (line, words) => {
      writeFileSync(join(folder(), 'cluster.yml'), clusterYml);
      expect(await complete(line)).toEqual(words);
    });

    it('reads the cluster file that --config or RKE_CONFIG names', async () => {
      writeFileSync(join(folder(), 'prod.yml'), clusterYml);
      expect(await complete('rke node remove --config prod.yml a')).toEqual(['alpha']);
      expect(await complete('rke node remove --config=prod.yml a')).toEqual(['alpha']);
      expect(await complete('rke node remove a', { RKE_CONFIG: 'prod.yml' })).toEqual(['alpha']);
    });

    it('reads overlays, of which the last one with nodes counts', async () => {
      writeFileSync(join(folder(), 'cluster.yml'), clusterYml);
      writeFileSync(join(folder(), 'prod.yml'), 'nodes: [{ address: 10.1.0.1 }]\n');
      writeFileSync(join(folder(), 'debug.yml'), 'kubernetes_version: v1.30.4-rancher1-1\n');
      const line = 'rke up --overlay prod.yml --overlay=debug.yml --nodes ';
      expect(await complete(line)).toEqual(['10.1.0.1']);
      expect(await complete('rke up --overlay debug.yml --overlay missing.yml --nodes ')).toEqual([
        'alpha',
        '10.0.0.2',
      ]);
    });

    it.each(['nodes: [', 'nodes: 3', '', 'nodes: [1, {address: [x]}, null]'])(
      'offers nothing for the file "%s"',
      async (text) => {
        writeFileSync(join(folder(), 'cluster.yml'), text);
        expect(await complete('rke node remove ')).toEqual([]);
      },
    );
  });

  describe('of add-ons', () => {
    const clusterYml = `nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]
kubernetes_version: v1.30.4-rancher1-1
network: { plugin: flannel }
ingress: { provider: none }
addons: |-
  kind: Namespace
addons_helm: [{ name: web, namespace: team, path: ./gone }]
`;
    const all = [
      ...['rke-authz', 'rke-network-plugin', 'rke-coredns-addon', 'rke-metrics-addon'],
      ...['rke-user-addon', 'helm.team.web'],
    ];

    it.each([
      ['rke addon apply ', all],
      ['rke addon remove rke-n', ['rke-network-plugin']],
      ['rke addon apply --overlay no-dns.yml rke-c', []],
    ])('of "%s" offers %j', async (line, words) => {
      writeFileSync(join(folder(), 'cluster.yml'), clusterYml);
      writeFileSync(join(folder(), 'no-dns.yml'), 'dns: { provider: none }\n');
      expect(await complete(line)).toEqual(words);
    });

    it('offers those that only the state has, since they can be removed', async () => {
      writeFileSync(join(folder(), 'cluster.yml'), `${clusterYml}monitoring: { provider: none }\n`);
      expect(await complete('rke addon remove rke-m')).toEqual([]);
      writeFileSync(join(folder(), 'cluster.rkestate'), stateText);
      expect(await complete('rke addon remove rke-m')).toEqual(['rke-metrics-addon']);
      writeFileSync(join(folder(), 'cluster.rkestate'), 'damaged');
      expect(await complete('rke addon apply rke-n')).toEqual(['rke-network-plugin']);
    });

    it.each(['nodes: [', 'nodes: 3'])('offers nothing for the file "%s"', async (text) => {
      writeFileSync(join(folder(), 'cluster.yml'), text);
      expect(await complete('rke addon apply ')).toEqual([]);
    });
  });

  describe('of snapshots', () => {
    const inCache = (): Record<string, string> => ({ XDG_CACHE_HOME: join(folder(), 'cache') });
    const place = () => ({ config: 'cluster.yml', cwd: folder(), env: inCache() });

    it('offers those that were listed last, and those taken since', async () => {
      keepSnapshotNames(place(), ['2026-11-26T12:00:00Z_etcd']);
      addSnapshotName(place(), 'before-upgrade');
      addSnapshotName(place(), 'before-upgrade');
      expect(await complete('rke etcd verify ', inCache())).toEqual([
        'before-upgrade',
        '2026-11-26T12:00:00Z_etcd',
      ]);
      expect(await complete('rke etcd snapshot-restore --name b', inCache())).toEqual(['before-upgrade']);
    });

    it('offers those of the cluster file only', async () => {
      keepSnapshotNames(place(), ['one']);
      expect(await complete('rke etcd verify --config other.yml ', inCache())).toEqual([]);
    });

    it('offers nothing, and fails at nothing, without a cache', async () => {
      keepSnapshotNames({ ...place(), env: {} }, ['one']);
      keepSnapshotNames({ ...place(), env: { XDG_CACHE_HOME: '/proc/none' } }, ['one']);
      expect(await complete('rke etcd delete ')).toEqual([]);
    });
  });
});

describe('rke completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await runIn(folder(), ['completion', shell]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('__complete')]);
  });

  it('refuses another shell', async () => {
    const { code, stderr } = await runIn(folder(), ['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
  });

  it.each([
    ['rke etcd ver', ['rke', 'etcd', 'ver'], 'words\nverify\tcheck', ['verify']],
    // bash splits words at "=" and ":", and expects the part behind it.
    ['rke up --wait=a', ['rke', 'up', '--wait', '=', 'a'], 'words\n--wait=all\t', ['all']],
    ['rke etcd verify 2026T12:', ['rke', 'etcd', 'verify', '2026T12', ':'], 'words\n2026T12:00\t', ['00']],
    ['rke up -c prod', ['rke', 'up', '-c', 'prod'], 'files\n', ['prod.yml']],
  ])('completes "%s" in bash', async (line, words, answer, expected) => {
    const { stdout: script } = await runIn(folder(), ['completion', 'bash']);
    writeFileSync(join(folder(), 'prod.yml'), '');
    writeFileSync(join(folder(), 'script'), script);
    const test = [
      '. ./script',
      'rke() { printf %s "$ANSWER"; }',
      'COMP_LINE=$1 COMP_POINT=${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '_rke; printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    const printed = execFileSync('bash', ['-c', test.join('\n'), 'test', line, ...words], {
      cwd: folder(),
      encoding: 'utf8',
      env: { ...process.env, ANSWER: `${answer}\n` },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(printed.trimEnd().split('\n')).toEqual(expected);
  });
});
