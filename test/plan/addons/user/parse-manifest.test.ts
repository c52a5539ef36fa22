import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../../src/plan/addons/user/parse-manifest.js';

const parse = (text: string) => parseManifest({ path: 'addons_include[0]', file: 'a.yml', text });
const messagesOf = (text: string): string[] =>
  parse(text).diagnostics.map(
    ({ position, severity, message }) => `${position?.line}:${position?.column} ${severity} ${message}`,
  );
const namesOf = (text: string): string[] =>
  parse(text).objects.map(({ object, origin }) => `${origin.line} ${object.kind} ${object.metadata.name}`);

const named = (kind: string, name: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

describe('manifests of user add-ons', () => {
  it.each([
    ['no document', '', []],
    ['a comment alone', '# nothing\n---\n# again\n---\n', []],
    [
      'two documents',
      `${named('ConfigMap', 'a')}---\n${named('Secret', 'b')}`,
      ['1 ConfigMap a', '5 Secret b'],
    ],
    ['a final separator', `---\n${named('ConfigMap', 'a')}---\n`, ['2 ConfigMap a']],
    ['JSON', '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}', ['1 ConfigMap a']],
    [
      'a List',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n',
      ['4 ConfigMap a', '5 Secret b'],
    ],
    [
      'a typed list whose items leave out their kind',
      'apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]\n',
      ['3 ConfigMap a'],
    ],
    ['an empty list', 'apiVersion: v1\nkind: List\nitems: []\n', []],
    [
      'an anchor of its document',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a}\nx: *m\n',
      ['1 ConfigMap a'],
    ],
  ])('read %s', (_what, text, expected) => {
    expect(messagesOf(text)).toEqual([]);
    expect(namesOf(text)).toEqual(expected);
  });

  it.each([
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:node-proxier:Team_1'],
    ['example.com/v1alpha1', 'Widget', 'a.b-c'],
    ['storage.k8s.io/v1', 'CSIDriver', 'driver.longhorn.io'],
  ])('have names of %s %s, such as %s', (apiVersion, kind, name) => {
    expect(messagesOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "${name}"}\n`)).toEqual([]);
  });

  it('have values as kubectl reads them', () => {
    const { objects } = parse(
      `${named('ConfigMap', 'a')}data: {a: yes, b: 010, c: "no", d: 1.50, e: null, f: ~}\n`,
    );
    expect(objects[0]?.object['data']).toEqual({ a: true, b: 8, c: 'no', d: 1.5, e: null, f: null });
  });

  it.each([
    [
      'a web page',
      '404: Not Found\n',
      ['1:1 error not a Kubernetes object: apiVersion, kind, metadata.name missing'],
    ],
    [
      'a string',
      'hello\n',
      ['1:1 error expected a Kubernetes object with apiVersion, kind and metadata, got a single value'],
    ],
    [
      'an object without a name',
      'apiVersion: v1\nkind: Pod\n',
      ['1:1 error not a Kubernetes object: metadata.name missing'],
    ],
    [
      'a number as a name',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: 12}\n',
      ['3:18 error metadata.name: expected a string, got the number 12; quote it'],
    ],
    [
      'a boolean as a kind',
      'apiVersion: v1\nkind: yes\nmetadata: {name: a}\n',
      ['2:7 error kind: expected a string, got the boolean yes; quote it'],
    ],
    [
      'generateName',
      'apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: a-\n',
      ['4:17 error metadata.generateName would create another object in every run; set metadata.name'],
    ],
    [
      'a kustomization',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      [
        '1:1 error kustomize is not supported; run `kubectl kustomize DIRECTORY > all.yml` and include the result',
      ],
    ],
    [
      'an integer that would be changed',
      `${named('ConfigMap', 'a')}x: 12345678901234567890\n`,
      ['4:4 error the integer has more digits than can be kept; quote it if it is a string'],
    ],
    [
      'a key twice',
      `${named('ConfigMap', 'a')}data: {}\ndata: {}\n`,
      ['5:1 warning data: duplicate key, already set on line 4; remove one of them'],
    ],
    [
      'two objects without a separator',
      `apiVersion: v1\nkind: Secret\nkind: ConfigMap\nmetadata: {name: a}\n`,
      [
        '3:1 warning kind: duplicate key, already set on line 2; remove one of them, or write --- between two objects',
      ],
    ],
    [
      'a name that would lead to another object',
      `${named('ConfigMap', '../../secrets/a')}---\n${named('ConfigMap', '..')}---\n${named('ConfigMap', 'a%2Fb')}`,
      [
        '3:18 error metadata.name: invalid value "../../secrets/a"',
        '7:18 error metadata.name: invalid value ".."',
        '11:18 error metadata.name: invalid value "a%2Fb"',
      ],
    ],
    [
      'a namespace, an API and a kind that do not exist',
      'apiVersion: ../v1\nkind: Pod/exec\nmetadata: {name: a, namespace: ../kube-system}\n',
      [
        '1:13 error apiVersion: invalid value "../v1"',
        '2:7 error kind: invalid value "Pod/exec"',
        '3:32 error metadata.namespace: invalid value "../kube-system"',
      ],
    ],
    [
      'an alias of another document',
      `x: &a 1\n${named('ConfigMap', 'a')}---\n${named('Secret', 'b')}y: *a\n`,
      ['9:4 error unknown alias *a: no anchor &a before it'],
    ],
  ])('report %s', (_what, text, expected) => {
    expect(messagesOf(text)).toEqual(expected);
  });

  it('report all mistakes of a text, and read what is right', () => {
    const text = `kind: A\n---\n${named('ConfigMap', 'a')}---\njust text\n`;
    expect(messagesOf(text)).toHaveLength(2);
    expect(namesOf(text)).toEqual(['3 ConfigMap a']);
  });
});
