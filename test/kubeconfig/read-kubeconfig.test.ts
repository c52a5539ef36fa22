import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKubeconfig } from '../../src/kubeconfig/read-kubeconfig.js';
import { blockYaml } from '../../src/yaml/block-yaml.js';

describe('readKubeconfig', () => {
  it.each<[string, string, number, number, RegExp]>([
    ['broken YAML', 'apiVersion: v1\nclusters: [\n', 3, 1, /invalid YAML/],
    ['a duplicate key', 'kind: Config\nusers: []\nusers: []\n', 3, 1, /already set on line 2/],
    ['a list', '- a\n', 1, 1, /expected a map \(apiVersion/],
    ['another kind', 'kind: Pod\n', 1, 7, /not a kubeconfig: expected kind "Config"/],
    ['users that are not a list', 'kind: Config\nusers: {}\n', 2, 8, /users: expected a list/],
    [
      'an entry without a name',
      'contexts:\n- context: {}\n',
      2,
      3,
      /contexts: expected an entry with a name/,
    ],
    [
      'two documents',
      '# mine\n---\nkind: Config\n---\nkind: Config\n',
      4,
      1,
      /expected one YAML document, found a second/,
    ],
  ])('reports %s with its position', (_what, text, line, column, message) => {
    const result = readKubeconfig(text);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.diagnostics[0]).toMatchObject({
      position: { line, column },
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['', '# nothing\n', '---\n# nothing\n', 'null'])('reads %j as an empty kubeconfig', (text) => {
    expect(readKubeconfig(text)).toMatchObject({ ok: true, value: {} });
  });

  it('reads JSON, and YAML after a document marker', () => {
    const value = { kind: 'Config', users: null, preferences: { colors: true } };
    expect(readKubeconfig(JSON.stringify(value))).toMatchObject({ ok: true, value });
    expect(readKubeconfig(`%YAML 1.1\n---\n${blockYaml(value)}`)).toMatchObject({ ok: true, value });
  });

  it('reads every string that blockYaml writes', () => {
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
