import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

const catalog = await loadCatalog();

/** Ten lists of ten aliases each: ten thousand million values. */
const aliasBomb = 'a b c d e f g h i j'
  .split(' ')
  .map((name, index, names) => {
    const inner = index === 0 ? 'x' : `*${names[index - 1] ?? ''}`;
    return `x-${name}: &${name} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  })
  .join('\n');

describe('what is no cluster file gets one line and no crash', () => {
  it.each<[what: string, text: string, mistake: RegExp]>([
    ['a tab', 'nodes:\n\t- a\n', /^2:1 : not YAML: tab characters/],
    ['nesting 150 deep', `a: ${'['.repeat(150)}${']'.repeat(150)}`, /nesting exceeded/],
    ['nesting 200,000 deep', '['.repeat(200_000), /nesting exceeded/],
    ['an alias bomb', aliasBomb, /aliases mean more than/],
    ['an alias of nothing', 'a: *b\n', /\*b stands for nothing/],
    ['an alias of itself', 'a: &a [*a]\n', /\*a stands for nothing/],
    ['binary', '\u0000\u0001ELF', /^1:1 : not YAML/],
    ['a null byte within', 'cluster_name: a\u0000b\n', /^1:\d+ : not YAML/],
    ['nothing at all', '', /^1:1 nodes: a cluster needs nodes/],
    ['comments only', '# nothing\n', /^1:1 nodes: a cluster needs nodes/],
    ['a list', '- a\n', /^1:1 : a cluster file is a map of keys/],
    ['a merge of no map', '<<: x\n', /^1:5 : what << merges must be a map/],
    ['an infinity', 'addon_job_timeout: .inf\n', /^1:20 : \.inf is no number/],
  ])('%s', (_what, text, mistake) => {
    const loaded = loadCluster(text, { catalog });
    expect(loaded.ok).toBe(false);
    const found = loaded.ok ? [] : loaded.diagnostics;
    const told = found.map(
      ({ position, path, message }) =>
        `${position === undefined ? '' : `${position.line}:${position.column} `}${path}: ${message}`,
    );
    expect(told.filter((line) => mistake.test(line))).toHaveLength(1);
  });

  it('takes names that JavaScript has for its own as names', () => {
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

describe('variables', () => {
  const base =
    'nodes: [{ address: "${HOST}", user: "${USER_NAME:-ops}", role: [controlplane, etcd, worker] }]\n';

  it('stay as they are written unless they are wanted', () => {
    expect(loadCluster(base, { catalog })).toMatchObject({ ok: false });
  });

  it('are put in place of their names, or of a default', () => {
    const loaded = loadCluster(base, { catalog, variables: { HOST: '10.0.0.1' } });
    expect(loaded).toMatchObject({ ok: true, value: { nodes: [{ address: '10.0.0.1', user: 'ops' }] } });
  });

  it('bring values and never keys', () => {
    const variables = { HOST: '10.0.0.1, user: evil' };
    expect(loadCluster(base, { catalog, variables })).toMatchObject({ ok: false });
  });

  it('that are not set are told with their place', () => {
    const loaded = loadCluster(base, { catalog, variables: {} });
    const unset = (loaded.ok ? [] : loaded.diagnostics).filter(({ code }) => code === 'unset-variable');
    expect(unset).toMatchObject([{ position: { line: 1, column: 20 } }]);
  });
});
