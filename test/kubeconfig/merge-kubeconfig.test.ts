import { describe, expect, it } from 'vitest';
import { mergeKubeconfig, type MergeOptions } from '../../src/kubeconfig/merge-kubeconfig.js';
import { makePair } from '../kube/tls-pair.js';

const ca = makePair('kube-ca');
const admin = makePair('kube-admin', { issuer: ca });
const other = makePair('another-ca');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const options: MergeOptions = {
  clusterName: 'prod',
  controlPlane: '10.0.0.2',
  controlPlanes: ['10.0.0.1', '10.0.0.2', 'fd00::1'],
  caPem: ca.cert,
  certificatePem: admin.cert,
  keyPem: admin.key,
  use: false,
};
const cluster = { 'certificate-authority-data': base64(ca.cert), server: 'https://10.0.0.2:6443' };
const credentials = { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) };
const ours = {
  clusters: [{ cluster, name: 'prod' }],
  contexts: [{ context: { cluster: 'prod', user: 'kube-admin-prod' }, name: 'prod' }],
  users: [{ user: credentials, name: 'kube-admin-prod' }],
};

/** A cluster that rke does not manage. */
const foreign = {
  'certificate-authority-data': base64(other.cert),
  server: 'https://192.0.2.1:6443',
};
const theirs = {
  kind: 'Config',
  clusters: [{ name: 'lab', cluster: { ...foreign, 'proxy-url': 'http://proxy' }, extra: 1 }],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me', namespace: 'web' } }],
  'current-context': 'lab',
  users: [{ name: 'me', user: { exec: { command: 'login', env: null } } }],
  preferences: { colors: true },
};

function merged(file: object, change: Partial<MergeOptions> = {}): { file: object; currentContext: string } {
  const result = mergeKubeconfig(file as Record<string, unknown>, { ...options, ...change });
  if ('collisions' in result) throw new Error(JSON.stringify(result.collisions));
  return result;
}

function collisions(file: object): unknown {
  const result = mergeKubeconfig(file as Record<string, unknown>, options);
  return 'collisions' in result ? result.collisions : [];
}

describe('mergeKubeconfig', () => {
  it('creates a file with its only context as the current one', () => {
    expect(merged({}).file).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      ...ours,
      'current-context': 'prod',
    });
  });

  it('adds the cluster and keeps everything in the file', () => {
    const { file, currentContext } = merged(theirs);
    expect(file).toEqual({
      apiVersion: 'v1',
      ...theirs,
      clusters: [...theirs.clusters, ...ours.clusters],
      contexts: [...theirs.contexts, ...ours.contexts],
      users: [...theirs.users, ...ours.users],
    });
    expect(currentContext).toBe('lab');
  });

  it('changes the current context on request', () => {
    expect(merged(theirs, { use: true }).file).toMatchObject({ 'current-context': 'prod' });
  });

  it('changes nothing when it runs again', () => {
    const { file } = merged(theirs);
    expect(merged(file).file).toEqual(file);
  });

  it('adds the cluster under another name', () => {
    expect(merged(theirs, { clusterName: 'dev' }).file).toMatchObject({
      clusters: [{}, { name: 'dev' }],
      contexts: [{}, { name: 'dev', context: { cluster: 'dev', user: 'kube-admin-dev' } }],
      users: [{}, { name: 'kube-admin-dev' }],
    });
  });

  it('updates the entries of this cluster in place and keeps their other members', () => {
    const before = {
      ...theirs,
      clusters: [
        {
          name: 'prod',
          cluster: {
            server: 'https://10.0.0.1:6443/',
            'insecure-skip-tls-verify': true,
            'proxy-url': 'http://p',
          },
        },
        ...theirs.clusters,
      ],
      contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'kube-admin-prod', namespace: 'shop' } }],
      users: [{ name: 'kube-admin-prod', user: { 'client-key': '/tmp/old.key', 'client-key-data': 'x' } }],
    };
    expect(merged(before).file).toEqual({
      apiVersion: 'v1',
      ...before,
      clusters: [{ name: 'prod', cluster: { ...cluster, 'proxy-url': 'http://p' } }, ...theirs.clusters],
      contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'kube-admin-prod', namespace: 'shop' } }],
      users: [{ name: 'kube-admin-prod', user: credentials }],
    });
  });

  it('recognises its cluster by the CA when the server address changed', () => {
    const moved = { clusters: [{ name: 'prod', cluster: { ...cluster, server: 'https://lb.example' } }] };
    expect(merged(moved).file).toMatchObject({ clusters: [{ cluster }] });
  });

  it('updates a user without a context if the CA of this cluster signed its certificate', () => {
    expect(collisions({ users: ours.users })).toEqual([]);
  });
});

describe('a name that belongs to another cluster', () => {
  it.each<[string, object, object[]]>([
    [
      'a cluster',
      { clusters: [{ name: 'prod', cluster: foreign }] },
      [{ kind: 'cluster', name: 'prod', owner: 'cluster "prod" at https://192.0.2.1:6443' }],
    ],
    [
      'a context',
      {
        clusters: theirs.clusters,
        contexts: [{ name: 'prod', context: { cluster: 'lab', user: 'me' } }],
      },
      [{ kind: 'context', name: 'prod', owner: 'cluster "lab" at https://192.0.2.1:6443' }],
    ],
    [
      'a context of a missing cluster',
      { contexts: [{ name: 'prod', context: { cluster: 'gone', user: 'me' } }] },
      [{ kind: 'context', name: 'prod', owner: 'cluster "gone", which the file does not contain' }],
    ],
    [
      'a user of another cluster',
      {
        clusters: theirs.clusters,
        contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'kube-admin-prod' } }],
        users: ours.users,
      },
      [{ kind: 'user', name: 'kube-admin-prod', owner: 'cluster "lab" at https://192.0.2.1:6443' }],
    ],
    [
      'a user of another CA',
      { users: [{ name: 'kube-admin-prod', user: { 'client-certificate-data': base64(other.cert) } }] },
      [
        {
          kind: 'user',
          name: 'kube-admin-prod',
          owner: 'a cluster with another CA (no context uses it)',
        },
      ],
    ],
  ])('is reported: %s', (_what, file, expected) => {
    expect(collisions(file)).toEqual(expected);
  });
});
