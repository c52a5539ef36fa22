import { X509Certificate } from 'node:crypto';
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopExitCodes, type StopSignal } from '../../src/core/errors.js';
import type { RkeEvent } from '../../src/core/events.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createFileStore } from '../../src/state/file-store.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { clusterYml } from './cluster-yml.js';
import { cut, operation, startOf, type Moment } from './cut.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

type Signal = StopSignal | 'SIGKILL';

/** Runs are interrupted or killed at many moments; the next run continues from there. */
describe('a run that is interrupted', () => {
  let lab: Lab;
  let node: LabNode;
  let other: LabNode;
  let folder: RkeFolder;
  let before: HostSnapshot;

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }, { hostname: 'other' }] });
    [node, other] = lab.nodes as [LabNode, LabNode];
    before = await node.snapshot();
    folder = await RkeFolder.create(clusterYml(lab, { nodes: [node] }));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  const bundle = async (of = folder): Promise<CertificateBundle> =>
    (await createFileStore(of.file('cluster.rkestate')).load())?.desiredState.certificatesBundle ?? {};
  const authority = async (of = folder): Promise<string> =>
    new X509Certificate((await bundle(of))['kube-ca']?.certificatePEM ?? '').fingerprint256;
  const isLocked = (of = folder): Promise<boolean> =>
    access(of.file('cluster.rkestate.lock')).then(
      () => true,
      () => false,
    );
  const names = async (of = node): Promise<string[]> =>
    (await of.must(['docker', 'ps', '-a', '--format', '{{.Names}}'])).split('\n');
  /** Containers that exist only for a moment of a run. */
  const helpers = async (of = node): Promise<string[]> =>
    (await names(of)).filter((name) =>
      /^old-|listener|deployer|cleaner|checker|linker|perm|bundle/.test(name),
    );

  /** Stops a run, and checks that it ended as expected for that signal. */
  async function stops(args: readonly string[], signal: Signal, moment: Moment, of = folder): Promise<void> {
    const run = await cut(of, args, signal, moment);
    expect(run.isCut, run.stderr).toBe(true);
    expect(replaced(run.events)).toEqual([]);
    if (signal === 'SIGKILL') {
      expect(run.code).toBe(null);
      expect(await isLocked(of)).toBe(true);
      return;
    }
    expect(run.code, run.stderr).toBe(stopExitCodes[signal]);
    const end = run.events.at(-1);
    if (end?.type !== 'run-finished') throw new Error(run.stderr);
    expect(end.outcome).toBe('cancelled');
    expect(end.errors?.[0]?.fix).toMatch(/nothing was rolled back\. Run the same command again/);
    expect(end.failed).toBe(0);
    // Running operations were completed.
    const ids = (type: RegExp): string[] =>
      run.events.flatMap((event) => (type.test(event.type) && 'operation' in event ? [event.operation] : []));
    const ended = new Set(ids(/^operation-(finished|failed|skipped)$/));
    expect(ids(/^operation-started$/).filter((id) => !ended.has(id))).toEqual([]);
    expect(await isLocked(of)).toBe(false);
    for (const host of lab.nodes) expect(await helpers(host)).toEqual([]);
  }

  /** Checks that nothing created by an earlier run was created again. */
  const replaced = (events: readonly RkeEvent[]): string[] =>
    events.flatMap((event) => ('title' in event && event.title.startsWith('replace ') ? [event.title] : []));

  const lease = async (): Promise<string> => {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    return (
      await kubectl(['-n', 'kube-system', 'get', 'lease', 'rke-lock', '--ignore-not-found', '-o', 'name'])
    ).trim();
  };

  it('leaves no listener of the port check running', async () => {
    const pair = await RkeFolder.create(
      clusterYml(lab, { roles: (one) => (one === node ? ['controlplane', 'etcd'] : ['worker']) }),
    );
    await stops(['up'], 'SIGKILL', operation('finished', 'listen@'), pair);
    expect([...(await helpers(node)), ...(await helpers(other))]).not.toEqual([]);
    const first = await authority(pair);
    await stops(['up'], 'SIGINT', operation('started', 'probe@'), pair);
    expect(await authority(pair)).toBe(first);
    for (const host of lab.nodes) expect(await host.dockerPs()).toEqual([]);
    await pair[Symbol.asyncDispose]();
  });

  describe('while a cluster is created', () => {
    let first: string | undefined;

    it.each<[string, Signal, Moment]>([
      ['the state is saved', 'SIGINT', (event) => event.type === 'state-saved'],
      ['images are pulled', 'SIGINT', operation('progress', 'pull:rancher/hyperkube')],
      ['images are pulled', 'SIGKILL', operation('progress', 'pull:rancher/hyperkube')],
      ['files are written', 'SIGINT', operation('started', 'files@')],
      ['files are written', 'SIGHUP', operation('started', 'files@')],
      ['files are written', 'SIGKILL', operation('started', 'files@')],
      ['etcd is created', 'SIGKILL', operation('started', 'run:etcd@')],
      ['etcd was created', 'SIGINT', operation('finished', 'run:etcd@')],
      ['kube-apiserver was started', 'SIGKILL', operation('finished', 'run:kube-apiserver@')],
      ['the kubelet is started', 'SIGINT', operation('started', 'run:kubelet@')],
    ])('stops at: %s, by %s', async (_, signal, moment) => {
      await stops(['up'], signal, moment);
      first ??= await authority();
      expect(await authority()).toBe(first);
    });

    it('is killed by SIGKILL while add-ons are applied, with the lock in the cluster', async () => {
      // metrics-server takes 20 s at least, so that the next test still finds a wait.
      await stops(['up', '--wait', 'all'], 'SIGKILL', operation('started', 'available:'));
      expect(await lease()).toBe('lease.coordination.k8s.io/rke-lock');
    });

    it('stops on SIGINT while add-ons are awaited, and releases the lock', async () => {
      await stops(['up', '--wait', 'all'], 'SIGINT', operation('started', 'available:'));
      expect(await lease()).toBe('');
    });

    it('is completed in the end, with the CA of the first run', async () => {
      // The same as `rke up 2>&1 | head -1`: nobody reads after the first line.
      const { code, stderr } = await folder.rke(['up'], (_kill, told) =>
        told.once('data', () => told.destroy()),
      );
      expect(code, stderr).toBe(0);
      const log = (await folder.read('cluster.log')).trim().split('\n');
      const events = log.map((line) => JSON.parse(line) as RkeEvent);
      expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'done' });
      expect(replaced(events)).toEqual([]);
      expect(await isLocked()).toBe(false);
      const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
      expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/^solo\s+Ready/);
      expect(await authority()).toBe(first);
      expect(await helpers()).toEqual([]);
      expect(await lease()).toBe('');
      expect((await folder.rke(['up'])).stderr).toContain('no change: ');
    });
  });

  describe('while certificates are rotated', () => {
    const readers = [
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
    ];

    it('is completed with the certificates of the first run, by the next up or the next rotation', async () => {
      const ca = await authority();
      const old = await bundle();
      const begun = new Date();
      await stops(['cert', 'rotate'], 'SIGINT', operation('finished', 'run:etcd@'));
      const pending = await bundle();
      expect(pending['kube-apiserver']?.certificatePEM).not.toBe(old['kube-apiserver']?.certificatePEM);
      await stops(['cert', 'rotate'], 'SIGKILL', operation('finished', 'run:kube-apiserver@'));
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(0);
      expect(await bundle()).toEqual(pending);
      expect(await authority()).toBe(ca);
      const started = await node.must([
        'docker',
        'inspect',
        '-f',
        '{{.Name}} {{.State.StartedAt}}',
        ...readers,
      ]);
      for (const line of started.split('\n')) {
        const [name, at = ''] = line.split(' ');
        expect(new Date(at) > begun, name).toBe(true);
      }
      const status = await folder.rke(['cert', 'status', '-o', 'json']);
      expect(status.code, status.stderr).toBe(0);
      const { hosts } = JSON.parse(status.stdout) as { hosts: { certificates: { match: string }[] }[] };
      expect(new Set(hosts.flatMap(({ certificates }) => certificates.map(({ match }) => match)))).toEqual(
        new Set(['same']),
      );
      expect(await helpers()).toEqual([]);
      expect((await folder.rke(['up'])).stderr).toContain('no change: ');
    });
  });

  describe('while the cluster is removed', () => {
    it.each<[string, Signal, Moment]>([
      ['the kubelet was removed', 'SIGKILL', operation('finished', 'remove:kubelet@')],
      ['pods are removed', 'SIGINT', operation('started', 'pods@')],
      ['the host is cleaned', 'SIGKILL', { seen: () => startOf(node, 'kube-cleaner') }],
    ])('stops at: %s, by %s', async (_, signal, moment) => {
      await stops(['remove', '--force'], signal, moment);
      // The state is needed until everything is removed.
      expect(await authority()).toMatch(/:/);
    });

    it('restores the host in the end', async () => {
      const { code, stderr } = await folder.rke(['remove', '--force']);
      expect(code, stderr).toBe(0);
      // An iptables table that was used once stays in the kernel, empty.
      const left = diffSnapshots(before, await node.snapshot()).filter(
        (line) => line !== '+ iptables *mangle',
      );
      expect(left).toEqual([]);
      expect(await isLocked()).toBe(false);
    });
  });
});
