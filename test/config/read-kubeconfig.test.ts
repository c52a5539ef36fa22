import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKubeconfig } from '../../src/kubeconfig/read-kubeconfig.js';
import { blockYaml } from '../../src/yaml/block-yaml.js';

describe('readKubeconfig', () => {
  it.each<[string, string, number, number, RegExp]>([
    ['broken YAML', 'apiVersion: v1\nclusters: [\n', 3, 1, /not YAML/],
    ['a key twice', 'kind: Config\nusers: []\nusers: []\n', 3, 1, /already there in line 2/],
    ['a list', '- a\n', 1, 1, /is a map/],
    ['another kind', 'kind: Pod\n', 1, 7, /kind is not Config/],
    ['users that are no list', 'kind: Config\nusers: {}\n', 2, 8, /users is no list/],
    ['an item without a name', 'contexts:\n- context: {}\n', 2, 3, /contexts has no name/],
    ['two documents', '# mine\n---\nkind: Config\n---\nkind: Config\n', 4, 1, /second document/],
  ])('says where %s is wrong', (_what, text, line, column, message) => {
    const result = readKubeconfig(text);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.diagnostics[0]).toMatchObject({
      position: { line, column },
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['', '# nothing\n', '---\n# nothing\n', 'null'])('takes %j for an empty one', (text) => {
    expect(readKubeconfig(text)).toMatchObject({ ok: true, value: {} });
  });

  it('reads JSON, and YAML after a line of three dashes', () => {
    const value = { kind: 'Config', users: null, preferences: { colors: true } };
    expect(readKubeconfig(JSON.stringify(value))).toMatchObject({ ok: true, value });
    expect(readKubeconfig(`%YAML 1.1\n---\n${blockYaml(value)}`)).toMatchObject({ ok: true, value });
  });

  it('gives back what blockYaml writes, whatever the texts', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[ \n\ta:#'"\\-]{0,12}$/),
      fc.constantFrom('yes', '1e3', '~'),
    );
    const value = fc.record({ name: text, exec: fc.array(text), extra: fc.dictionary(text, text) });
    fc.assert(
      fc.property(fc.array(value), (users) => {
        expect(readKubeconfig(blockYaml({ users }))).toMatchObject({ ok: true, value: { users } });
      }),
    );
  });
});
