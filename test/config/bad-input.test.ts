import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

const catalog = await loadCatalog();

/** Ten lists of ten aliases each expand to ten billion values. */
const aliasBomb = 'a b c d e f g h i j'
  .split(' ')
  .map((name, index, names) => {
    const inner = index === 0 ? 'x' : `*${names[index - 1] ?? ''}`;
    return `x-${name}: &${name} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  })
  .join('\n');

describe('a text that is not a cluster file results in one error and no crash', () => {
  it.each<[what: string, text: string, expected: RegExp]>([
    ['a tab', 'nodes:\n\t- a\n', /^2:1 : invalid YAML: tab characters/],
    ['nesting 150 deep', `a: ${'['.repeat(150)}${']'.repeat(150)}`, /nesting exceeded/],
    ['nesting 200,000 deep', '['.repeat(200_000), /nesting exceeded/],
    ['an alias bomb', aliasBomb, /invalid YAML: aliases expand to more than 1000000 values/],
    ['an unknown alias', 'a: *b\n', /unknown alias \*b: no anchor &b before it/],
    ['an alias of itself', 'a: &a [*a]\n', /unknown alias \*a/],
    ['binary', '\u0000\u0001ELF', /^1:1 : invalid YAML/],
    ['a null byte', 'cluster_name: a\u0000b\n', /^1:\d+ : invalid YAML/],
    ['an empty file', '', /^nodes: a cluster needs at least one node/],
    ['comments only', '# nothing\n', /^nodes: a cluster needs at least one node/],
    ['a list', '- a\n', /^1:1 : expected a map of keys, got a list/],
    ['a merge of a scalar', '<<: x\n', /^1:5 : expected a map or a list of maps to merge with <</],
    [
      'an infinity',
      'addon_job_timeout: .inf\n',
      /^1:20 : \.inf is not supported; quote it if it is a string/,
    ],
  ])('%s', (_what, text, expected) => {
    const loaded = loadCluster(text, { catalog });
    expect(loaded.ok).toBe(false);
    const found = loaded.ok ? [] : loaded.diagnostics;
    const lines = found.map(
      ({ position, path, message }) =>
        `${position === undefined ? '' : `${position.line}:${position.column} `}${path}: ${message}`,
    );
    expect(lines.filter((line) => expected.test(line))).toHaveLength(1);
  });

  it('accepts keys that are property names in JavaScript', () => {
    const text =
      'nodes: [{ address: a, user: u, role: [controlplane, etcd, worker] }]\nservices: { kubelet: { extra_args: { __proto__: x, constructor: y } } }\n';
    const loaded = loadCluster(text, { catalog });
    const flags = loaded.ok ? (loaded.value.services.kubelet.extraArgs ?? {}) : {};
    expect(Object.entries(flags)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
