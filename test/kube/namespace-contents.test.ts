import { expect, it } from 'vitest';
import { readContents } from '../../src/kube/namespace-contents.js';
import { describeRef } from '../../src/plan/addons/object-ref.js';

const verbs = ['get', 'list', 'delete'];
const resource = (name: string, kind: string, more: object = {}): object => ({
  ...{ name, kind, namespaced: true, verbs },
  ...more,
});
const item = (name: string, metadata: object = {}): object => ({
  metadata: { name, uid: `uid-${name}`, ...metadata },
});

/** An API that answers with these bodies, and with 404 otherwise. */
async function contentsWith(answers: Readonly<Record<string, unknown>>): Promise<string[]> {
  const request = ({
    path,
  }: {
    readonly path: string;
  }): Promise<{ status: number; body: string; host: string }> => {
    const body = answers[path.replace(/\?.*$/, '')];
    return Promise.resolve({
      status: body === undefined ? 404 : 200,
      body: JSON.stringify(body ?? {}),
      host: '',
    });
  };
  const { signal } = new AbortController();
  const refs = await readContents('team', { request }, { signal });
  return refs.map((ref) => `${ref.apiVersion} ${describeRef(ref)}`);
}

const core = (resources: readonly object[], lists: Readonly<Record<string, readonly object[]>>) => ({
  '/apis': { groups: [] },
  '/api/v1': { resources },
  ...Object.fromEntries(
    Object.entries(lists).map(([name, items]) => [`/api/v1/namespaces/team/${name}`, { items }]),
  ),
});

it('the contents of a namespace are what people have put into it, of every group in its preferred version', async () => {
  const answers = {
    ...core([resource('configmaps', 'ConfigMap')], { configmaps: [item('motd')] }),
    '/apis': {
      groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } }, { name: 'without-versions' }],
    },
    '/apis/apps/v1': { resources: [resource('deployments', 'Deployment')] },
    '/apis/apps/v1/namespaces/team/deployments': { items: [item('web')] },
  };
  expect(await contentsWith(answers)).toEqual(['v1 ConfigMap team/motd', 'apps/v1 Deployment team/web']);
});

it('what Kubernetes makes by itself, subresources and what cannot be deleted are not contents', async () => {
  const answers = core(
    [
      resource('events', 'Event'),
      resource('endpoints', 'Endpoints'),
      resource('pods', 'Pod'),
      resource('pods/log', 'Pod'),
      resource('bindings', 'Binding', { verbs: ['create'] }),
      resource('nodes', 'Node', { namespaced: false }),
      resource('configmaps', 'ConfigMap'),
      resource('serviceaccounts', 'ServiceAccount'),
      resource('secrets', 'Secret'),
    ],
    {
      events: [item('e')],
      endpoints: [item('web')],
      pods: [],
      configmaps: [item('kube-root-ca.crt'), item('own')],
      serviceaccounts: [item('default'), item('builder')],
      secrets: [
        item('default-token-x', { annotations: { 'kubernetes.io/service-account.name': 'default' } }),
        item('login'),
      ],
    },
  );
  expect(await contentsWith(answers)).toEqual([
    'v1 ConfigMap team/own',
    'v1 ServiceAccount team/builder',
    'v1 Secret team/login',
  ]);
});

it('what belongs to another object of the namespace is not listed, but what belongs to one elsewhere is', async () => {
  const answers = core([resource('pods', 'Pod'), resource('services', 'Service')], {
    pods: [
      item('web-1', { ownerReferences: [{ uid: 'uid-web' }] }),
      item('static', { ownerReferences: [{ uid: 'uid-of-a-node' }] }),
    ],
    services: [item('web')],
  });
  expect(await contentsWith(answers)).toEqual(['v1 Pod team/static', 'v1 Service team/web']);
});

it('what cannot be listed counts as content, so that the namespace is not deleted', async () => {
  const answers = {
    ...core([resource('secrets', 'Secret')], {}),
    '/apis': { groups: [{ name: 'gone', preferredVersion: { groupVersion: 'gone.example.com/v1' } }] },
  };
  expect(await contentsWith(answers)).toEqual([
    'v1 unreadable team/secrets',
    'gone.example.com/v1 unreadable team/gone.example.com/v1',
  ]);
});
