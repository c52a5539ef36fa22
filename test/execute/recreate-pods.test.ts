import { describe, expect, it } from 'vitest';
import { createNodeLister } from '../../src/execute/node-lister.js';
import { removeAddon } from '../../src/execute/handlers/addons.js';
import { recreatePods } from '../../src/execute/handlers/recreate-pods.js';
import type { ContainerSummary } from '../../src/host/host.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { FakeKube } from '../fakes/kube.js';
import { recordingSink } from '../fakes/recording-sink.js';

const operation: OperationOf<'recreate-pods'> = {
  id: 'network:pods@10.0.0.1',
  stage: 'add-ons',
  title: 'recreate pods',
  host: '10.0.0.1',
  after: [],
  kind: 'recreate-pods',
  node: { hostname: 'n1' },
  timeoutSeconds: 5,
};
const sandbox = (name: string, more: Partial<ContainerSummary> = {}): ContainerSummary => ({
  id: `id-${name}`,
  name,
  image: 'pause',
  running: true,
  labels: { 'io.kubernetes.docker.type': 'podsandbox' },
  networkMode: 'none',
  ...more,
});
const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
};
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};

/** @param comesBack whether the kubelet creates another sandbox for one that was stopped */
async function run(comesBack: boolean): Promise<{ stopped: string[]; warnings: unknown[] }> {
  const host = new FakeHost('10.0.0.1');
  const stopped: string[] = [];
  let containers = [
    sandbox('k8s_POD_web'),
    sandbox('k8s_POD_proxy', { networkMode: 'host' }),
    sandbox('k8s_POD_done', { running: false }),
    sandbox('k8s_web', { labels: { 'io.kubernetes.docker.type': 'container' } }),
    sandbox('kubelet', { labels: {}, networkMode: 'host' }),
  ];
  const docker = Object.assign(Object.create(host.docker) as typeof host.docker, {
    list: () => Promise.resolve(containers),
    stop: (name: string) => {
      stopped.push(name);
      containers = containers.map((one) => (one.name === name ? { ...one, running: false } : one));
      if (comesBack) containers = [...containers, sandbox(`${name}_1`)];
      return Promise.resolve();
    },
  });
  const kube = { list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Node' ? [node] : [pod]) };
  const events = recordingSink();
  const context = fakeContext([host], { kube: kube as unknown as KubeApi, events });
  const reader = { ...context, lister: createNodeLister(context) };
  await recreatePods({ address: host.address, docker } as never, operation, reader, () => undefined);
  return { stopped, warnings: events.events };
}

describe('pods that get addresses of another network plugin', () => {
  it('are recreated by stopping their sandboxes, those with the network of the host excepted', async () => {
    expect(await run(true)).toEqual({ stopped: ['k8s_POD_web'], warnings: [] });
  });

  it('are reported if they do not come back, and the run continues', async () => {
    const { warnings } = await run(false);
    expect(warnings).toEqual([
      {
        type: 'warning',
        host: '10.0.0.1',
        message: '0 of 1 pods are recreated after 5 s; check `kubectl get pods -A -o wide`',
      },
    ]);
  });
});

describe('an add-on that is removed from the cluster before its hosts are cleaned', () => {
  const daemonSet: ObjectRef = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'canal',
  };
  const account: ObjectRef = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    namespace: 'kube-system',
    name: 'canal',
  };
  const removal: OperationOf<'remove-addon'> = {
    ...{ id: 'remove:network', stage: 'add-ons', title: 'remove canal', after: [] },
    ...{ kind: 'remove-addon', name: 'rke-network-plugin', leftByRke: [], podsEndSeconds: 5 },
    objects: [account, daemonSet],
  };

  it('loses its other objects only when its pods have ended', async () => {
    const deleted: string[] = [];
    let looks = 0;
    const kube = Object.assign(new FakeKube(), {
      delete: ({ kind }: ObjectRef, { isForeground }: { isForeground?: boolean }) => {
        deleted.push(isForeground === true ? `${kind} and its pods` : kind);
        return Promise.resolve();
      },
      get: ({ kind }: ObjectRef) =>
        Promise.resolve(kind === 'DaemonSet' && (looks += 1) < 3 ? node : undefined),
    });
    await removeAddon(removal, fakeContext([], { kube }));
    expect(deleted).toEqual(['DaemonSet and its pods', 'DaemonSet', 'ServiceAccount']);
    expect(looks).toBe(3);
  });

  it('stops the run if its pods do not end', async () => {
    const kube = Object.assign(new FakeKube(), { get: () => Promise.resolve(node) });
    await expect(removeAddon(removal, fakeContext([], { kube }))).rejects.toMatchObject({
      code: 'ADDON_NOT_REMOVED',
      message: 'not removed within 5s: pods of DaemonSet kube-system/canal still run',
    });
  });
});
