import { describe, expect, it } from 'vitest';
import { apiVersionsOf, planChart } from '../../../../src/plan/addons/helm/chart-addon.js';
import { hooksOf, readHook } from '../../../../src/plan/addons/helm/helm-hook.js';
import type { HelmHook } from '../../../../src/plan/addons/user/user-addon.js';

const release = { name: 'demo', namespace: 'team-a' };
const plan = (first: string, second = first) =>
  planChart({ release, path: 'addons_helm[0]', manifests: [first, second], inputs: 'hash' });

const object = (kind: string, name: string, annotations: Readonly<Record<string, string>> = {}): string =>
  `---\n# Source: demo/templates/${name}.yaml\napiVersion: v1\nkind: ${kind}\nmetadata: ${JSON.stringify({ name, annotations })}\n`;

describe('a rendered chart', () => {
  it('is an add-on whose objects are in the namespace of the release and name their templates', () => {
    const { addon, diagnostics } = plan(`${object('ConfigMap', 'a')}${object('ConfigMap', 'b')}`);
    expect(diagnostics).toEqual([]);
    expect(addon).toMatchObject({ name: 'helm.team-a.demo', key: 'addons_helm[0]', notes: [] });
    expect(addon.release).toEqual({ name: 'demo', namespace: 'team-a', hooks: [] });
    expect(
      addon.objects.map(({ object: { metadata }, origin }) => [metadata.namespace, origin.file]),
    ).toEqual([
      ['team-a', 'demo/templates/a.yaml'],
      ['team-a', 'demo/templates/b.yaml'],
    ]);
  });

  it('keeps a namespace that the chart sets', () => {
    const { addon } = plan('apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: other }\n');
    expect(addon.objects[0]?.object.metadata.namespace).toBe('other');
  });

  it('identifies objects with generated values by the inputs, and says so', () => {
    const secret = (value: string): string => `${object('Secret', 's')}data: { password: ${value} }\n`;
    const { addon } = plan(
      `${object('ConfigMap', 'a')}${secret('YQ==')}`,
      `${object('ConfigMap', 'a')}${secret('Yg==')}`,
    );
    expect(addon.objects.map(({ generatedFrom }) => generatedFrom)).toEqual([undefined, 'hash']);
    expect(addon.notes).toEqual([
      expect.stringMatching(/^the chart generates values of Secret .*s: they are replaced/),
    ]);
  });

  it('says so if it generates the name of an object, which each run would replace', () => {
    const { addon } = plan(object('ConfigMap', 'seed-x1'), object('ConfigMap', 'seed-y2'));
    expect(addon.notes).toEqual([
      expect.stringMatching(/^the chart generates the name of ConfigMap .*seed-x1: each run deletes/),
    ]);
  });

  it('names the template of what is not an object', () => {
    const { diagnostics } = plan(
      `${object('ConfigMap', 'a')}---\n# Source: demo/templates/odd.yaml\njust: text\n`,
    );
    expect(diagnostics).toMatchObject([{ severity: 'error', file: 'demo/templates/odd.yaml' }]);
  });

  it('leaves tests out, takes hooks apart, and names hooks that are not run', () => {
    const { addon } = plan(
      object('Pod', 'test', { 'helm.sh/hook': 'test-success' }) +
        object('Job', 'before', {
          'helm.sh/hook': 'pre-install, pre-upgrade,pre-delete',
          'helm.sh/hook-weight': '3',
        }) +
        object('Job', 'farewell', { 'helm.sh/hook': 'post-delete' }) +
        object('ConfigMap', 'a'),
    );
    expect(addon.objects.map(({ object: { metadata } }) => metadata.name)).toEqual(['a']);
    expect(addon.release?.hooks).toMatchObject([
      {
        object: { metadata: { name: 'before', namespace: 'team-a' } },
        moments: ['pre-install', 'pre-upgrade'],
        weight: 3,
        deletion: ['before-hook-creation'],
      },
    ]);
    expect(addon.notes).toEqual([
      expect.stringMatching(/^pre-delete hook Job .*before is not run/),
      expect.stringMatching(/^post-delete hook Job .*farewell is not run/),
    ]);
  });

  it('gives the API versions of its CRDs', () => {
    const { addon } = plan(
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.a.io }\n' +
        'spec: { group: a.io, names: { kind: Widget }, versions: [{ name: v1 }, { name: v2 }] }\n',
    );
    expect(apiVersionsOf(addon)).toEqual(['a.io/v1', 'a.io/v1/Widget', 'a.io/v2', 'a.io/v2/Widget']);
  });
});

describe('hooks', () => {
  const hook = (kind: string, name: string, annotations: Readonly<Record<string, string>>): HelmHook => {
    const found = readHook({
      object: { apiVersion: 'v1', kind, metadata: { name, annotations } },
      origin: { file: 'x', line: 1, column: 1 },
    });
    if (found.kind !== 'hook') throw new Error('not a hook');
    return found.hook;
  };

  it('of a moment run by weight, what a Job needs before it, then by name', () => {
    const at = (weight: string) => ({ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': weight });
    const hooks = [
      hook('Job', 'b', at('0')),
      hook('Job', 'a', at('0')),
      hook('ServiceAccount', 'z', at('0')),
      hook('Job', 'first', at('-5')),
      hook('Job', 'other', { 'helm.sh/hook': 'post-install' }),
    ];
    expect(hooksOf(hooks, 'pre-install').map(({ object: { metadata } }) => metadata.name)).toEqual([
      'first',
      'z',
      'a',
      'b',
    ]);
  });

  it('are deleted as their annotation says', () => {
    expect(
      hook('Job', 'a', {
        'helm.sh/hook': 'pre-install',
        'helm.sh/hook-delete-policy': 'hook-succeeded,hook-failed',
      }).deletion,
    ).toEqual(['hook-succeeded', 'hook-failed']);
  });
});
