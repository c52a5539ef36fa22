import { rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { OwnCa } from './own-ca.js';
import { RkeFolder, type RkeRun } from './rke.js';
import { needlesOf } from './secrets.js';
import { webManifest } from './workload.js';

const components = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];
const more = 'services: { kubelet: { generate_serving_certificate: true } }\n';

/** A cluster whose certificates are signed by the intermediate CA of an organization. */
describe('certificates of a custom CA', () => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;
  let ca: OwnCa;

  const up = (): Promise<RkeRun> => folder.rke(['up', '--custom-certs', '--cert-dir', 'pki']);
  const readState = async (): Promise<ClusterState> =>
    JSON.parse(await folder.read('cluster.rkestate')) as ClusterState;
  const starts = async (): Promise<string[]> =>
    (await node.must(['docker', 'inspect', '-f', '{{.Name}} {{.State.StartedAt}}', ...components])).split(
      '\n',
    );

  /** Files on the node that contain any of the texts, except in images and containers' file systems. */
  async function filesWith(texts: readonly string[]): Promise<string[]> {
    const folders = '/etc /opt /root /home /tmp /var/lib/etcd /var/lib/kubelet /var/log'.split(' ');
    const grep = 'cat > /run/texts; grep -rlsF -f /run/texts "$@"; rm /run/texts';
    const found = await node.must(['sh', '-c', grep, 'sh', ...folders], { input: `${texts.join('\n')}\n` });
    return found.split('\n').filter((line) => line !== '');
  }

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }] });
    node = lab.nodes[0] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab, { more }));
    const { code, stderr } = await folder.rke(['cert', 'generate-csr', '--cert-dir', 'pki']);
    expect(code, stderr).toBe(0);
    ca = await OwnCa.create(folder.file('safe'), folder.file('pki'));
    await ca.signAll(365);
    const token = folder.file('pki/kube-service-account-token-key.pem');
    await ca.openssl('genrsa', '-out', token, '2048');
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('create a cluster that runs pods and shows their logs', async () => {
    const { code, stderr } = await up();
    expect(code, stderr).toBe(0);
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    expect((await kubectl(['get', 'nodes', '--no-headers'])).split(/\s+/).slice(0, 2)).toEqual([
      'solo',
      'Ready',
    ]);
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    expect(await kubectl(['logs', 'daemonset/web'])).toContain('serving on solo');
    expect(await kubectl(['create', 'token', 'default'])).toMatch(/^ey/);
  });

  it('are stored unchanged in the state', async () => {
    const bundle = (await readState()).desiredState.certificatesBundle ?? {};
    const issuers = Object.entries(bundle).flatMap(([name, { certificatePEM }]) =>
      name === 'kube-service-account-token' ? [] : [new X509Certificate(certificatePEM).issuer],
    );
    expect(new Set(issuers)).toEqual(
      new Set(['O=Example\nCN=Example Kubernetes', 'O=Example\nCN=Example Root']),
    );
    expect(bundle['kube-ca']).toMatchObject({
      certificatePEM: await folder.read('pki/kube-ca.pem'),
      keyPEM: '',
    });
    const status = await folder.rke(['cert', 'status']);
    expect(status.code, status.stdout).toBe(0);
    expect(status.stdout).toContain('all the same as in the state');
  });

  it('are served by API server, etcd and kubelet, with the chain up to the root', async () => {
    const client = ['-cert', folder.file('pki/kube-node.pem'), '-key', folder.file('pki/kube-node-key.pem')];
    const ask = (port: string, trusted: readonly string[]): Promise<string> =>
      ca.openssl(
        ...['s_client', '-connect', `${node.address}:${port}`, '-verify_ip', node.address, ...client],
        ...['-verify_return_error', '-no-CApath', '-no-CAstore', '-CAfile', ...trusted],
      );
    for (const port of ['6443', '2379', '10250']) {
      const told = await ask(port, [ca.chain]);
      expect(told, port).toContain('depth=2 O = Example, CN = Example Root');
      expect(told, port).toContain('Verification: OK');
    }
    // kube-ca.pem alone must be sufficient for verification, as it is for Go.
    expect(await ask('6443', [folder.file('pki/kube-ca.pem'), '-partial_chain'])).toContain(
      'Verification: OK',
    );
    await expect(ask('6443', [folder.file('pki/kube-ca.pem')])).rejects.toThrow(
      'unable to get issuer certificate',
    );
  });

  it('need no key of the CA on the hosts', async () => {
    const needles = needlesOf(await ca.keys());
    expect(await node.exec(['test', '-e', '/etc/kubernetes/ssl/kube-ca-key.pem'])).toMatchObject({ code: 1 });
    expect(await filesWith(needles)).toEqual([]);
    // The search finds a key that exists, in the copy of the state in etcd as well.
    const there = await filesWith(needlesOf([await folder.read('pki/kube-scheduler-key.pem')]));
    expect(there).toContain('/etc/kubernetes/ssl/kube-scheduler-key.pem');
    expect(there).toContainEqual(expect.stringMatching(/^\/var\/lib\/etcd\//));
    const inspected = await node.must(['sh', '-c', 'docker inspect $(docker ps -aq)']);
    for (const text of [inspected, await folder.read('cluster.rkestate'), await folder.read('cluster.log')])
      expect(needles.find((needle) => text.includes(needle))).toBeUndefined();
  });

  it('change nothing in the next run, with and without the directory', async () => {
    const [before, state] = [await starts(), await folder.read('cluster.rkestate')];
    for (const { code, stderr } of [await up(), await folder.rke(['up'])]) {
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('no change: ');
    }
    expect(await starts()).toEqual(before);
    expect(await folder.read('cluster.rkestate')).toBe(state);
  });

  it('are renewed one by one, and only what reads them is restarted', async () => {
    const [before, old] = [await starts(), await readState()];
    await ca.sign('kube-proxy', 500);
    const { code, stderr } = await up();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('1 issued: kube-proxy (given)');
    const after = await starts();
    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringContaining('kube-proxy')]);
    const [was, is] = [old, await readState()].map(
      ({ desiredState }) => desiredState.certificatesBundle ?? {},
    );
    const changed = Object.keys(is ?? {}).filter(
      (name) => is?.[name]?.certificatePEM !== was?.[name]?.certificatePEM,
    );
    expect(changed).toEqual(['kube-proxy']);
    expect(await node.must(['cat', '/etc/kubernetes/ssl/kube-proxy.pem'])).toBe(
      (await folder.read('pki/kube-proxy.pem')).trimEnd(),
    );
  });

  it('are not rotated without the key of their CA', async () => {
    const [before, state] = [await starts(), await folder.read('cluster.rkestate')];
    const { code, stdout, stderr } = await folder.rke(['cert', 'rotate', '--log-format', 'json']);
    expect(code, stderr).toBe(4);
    expect(stdout + stderr).toContain('OWN_CERTIFICATES');
    expect(await starts()).toEqual(before);
    expect(await folder.read('cluster.rkestate')).toBe(state);
  });

  it('are recovered with a lost state from the cluster by the kubeconfig, else from the hosts and the directory', async () => {
    const [before, state] = [await starts(), await folder.read('cluster.rkestate')];
    const lose = async (...names: string[]): Promise<void> => {
      for (const name of ['cluster.rkestate', 'cluster.rkestate.bak', ...names])
        await rm(folder.file(name), { force: true });
    };
    await lose();
    const byCluster = await folder.rke(['state', 'recover']);
    expect(byCluster.code, byCluster.stderr).toBe(0);
    expect(byCluster.stderr).toContain('recovered from Secret kube-system/full-cluster-state');
    expect(await folder.read('cluster.rkestate')).toBe(state);

    await lose('kube_config_cluster.yml');
    const byHosts = await folder.rke(['state', 'recover']);
    expect(byHosts.code, byHosts.stderr).toBe(0);
    expect(byHosts.stderr).toContain('recovered from the certificates on');
    expect(byHosts.stderr).toContain('kube-admin.pem and kube-admin-key.pem are missing');
    const plain = await folder.rke(['up']);
    expect(plain.code, plain.stderr).toBe(4);
    expect(plain.stderr).toContain('the cluster uses custom certificates');
    const own = await up();
    expect(own.code, own.stderr).toBe(0);
    const again = await folder.rke(['up']);
    expect(again.stderr).toContain('no change: ');
    expect(await starts()).toEqual(before);
    const bundles = [JSON.parse(state) as ClusterState, await readState()].map(
      ({ desiredState }) => desiredState.certificatesBundle,
    );
    expect(bundles[1]).toEqual(bundles[0]);
  });
});
