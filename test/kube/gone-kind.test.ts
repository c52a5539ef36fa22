import { expect, it } from 'vitest';
import { applyAddon, removeAddon } from '../../src/execute/handlers/addons.js';
import { createKubeApi } from '../../src/kube/client.js';
import { addonRecordsRef } from '../../src/plan/addons/addon-record.js';
import type { ObjectRef } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';
import { adminCertificates, FakeApi, status } from './fake-api.js';

/** An API of Kubernetes 1.25: `policy/v1beta1` is not served any more. */
async function withNewApi(
  use: (api: FakeApi, context: ReturnType<typeof fakeContext>) => Promise<void>,
): Promise<void> {
  await using api = await new FakeApi('10.0.0.1').listen();
  await using kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
  const record = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: addonRecordsRef.name, namespace: 'kube-system' },
  };
  api.answer = ({ path, method }) =>
    path.endsWith(`/secrets/${addonRecordsRef.name}`) && method === 'PATCH'
      ? { body: record }
      : { status: 404, body: status(404, 'not found') };
  await use(api, fakeContext([], { kube }));
}

const policy: ObjectRef = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  name: 'psp.flannel.unprivileged',
};
const operation = {
  id: 'one',
  stage: 'add-ons',
  title: 'one',
  after: [],
  name: 'rke-network-plugin',
  leftByRke: [],
} as const;

it('an add-on is applied after an upgrade, although the kind of an object that it no longer has is gone', () =>
  withNewApi(async (api, context) => {
    const record = { hash: 'hash', objects: [] };
    await applyAddon({ ...operation, kind: 'apply-addon', objects: [], prune: [policy], record }, context);
    expect(api.seen.map(({ method }) => method)).not.toContain('DELETE');
    expect(
      api.seen.some(
        ({ method, path, body }) =>
          method === 'PATCH' && path.includes('/secrets/') && JSON.stringify(body).includes(operation.name),
      ),
    ).toBe(true);
  }));

it('an add-on is removed after an upgrade, although the kind of one of its objects is gone', () =>
  withNewApi(async (api, context) => {
    await removeAddon({ ...operation, kind: 'remove-addon', objects: [policy] }, context);
    expect(api.seen.map(({ method }) => method)).not.toContain('DELETE');
  }));
