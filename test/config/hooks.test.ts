import { describe, expect, it } from 'vitest';
import { parseHooks } from '../../src/config/hooks/parse-hooks.js';

/** `line:column path: message` of every error. */
function faultsOf(text: string): string[] {
  const parsed = parseHooks(text);
  return parsed.ok
    ? []
    : parsed.diagnostics.map(
        ({ position, path, message }) => `${position?.line}:${position?.column} ${path}: ${message}`,
      );
}

const hook = (rest: string): string => `hooks:\n  - { when: before, for: node, run: [a], ${rest} }\n`;

describe('hooks.yml', () => {
  it('is read with its defaults, in the order of the file', () => {
    const parsed = parseHooks(`
hooks:
  - { when: before, for: node, run: [./lb.sh, disable] }
  - name: tell the chat
    when: after
    for: stage
    stage: add-ons
    url: https://chat.example.com/rke
    header_file: token
    ca_file: ca.pem
    timeout: 2m
`);
    expect(parsed.ok && parsed.value.hooks).toEqual([
      {
        ...{ name: 'hook 1', when: 'before', for: 'node' },
        action: { run: ['./lb.sh', 'disable'] },
        timeoutSeconds: 60,
      },
      {
        ...{ name: 'tell the chat', when: 'after', for: 'stage', stage: 'add-ons' },
        action: { url: 'https://chat.example.com/rke', headerFile: 'token', caFile: 'ca.pem' },
        timeoutSeconds: 120,
      },
    ]);
  });

  it.each<[string, string, string[]]>([
    ['nothing', '', ['undefined:undefined hooks: missing; expected a list of hooks']],
    ['a list', '- when: before\n', ['1:1 : expected a map with the key hooks, got a list']],
    ['a mistyped key at the top', 'hook: []\n', ['1:1 hook: unknown key; did you mean "hooks"?']],
    [
      'a mistyped key of a hook, which is not reported as missing as well',
      'hooks:\n  - when: before\n    for: node\n    runn: [a]\n    run: [a]\n',
      ['4:5 hooks[0].runn: unknown key; did you mean "run"?'],
    ],
    [
      'an unknown word',
      hook('roles: [wroker]'),
      ['2:50 hooks[0].roles[0]: invalid value "wroker"; did you mean "worker"?'],
    ],
    [
      'an unknown stage',
      hook('stage: everything'),
      [
        '2:49 hooks[0].stage: invalid value "everything"; expected one of images, snapshot, files, etcd, controlplane, worker, add-ons, secrets, remove',
      ],
    ],
    [
      'everything missing',
      'hooks:\n  - name: a\n',
      [
        '2:5 hooks[0].when: missing; expected before or after',
        '2:5 hooks[0].for: missing; expected node or stage',
        '2:5 hooks[0]: expected run or url',
      ],
    ],
    [
      'nodes of a stage, and no stage',
      'hooks:\n  - { when: after, for: stage, nodes: [a], run: [b] }\n',
      [
        '2:5 hooks[0].stage: missing; `for: stage` requires a stage',
        '2:39 hooks[0].nodes: only with `for: node`',
      ],
    ],
    [
      'an empty selection',
      hook('nodes: []'),
      ['2:49 hooks[0].nodes: empty; remove the key to select all nodes'],
    ],
    ['two actions', hook('url: "https://a.example"'), ['2:47 hooks[0].url: not together with run']],
    ['a file without a URL', hook('ca_file: a'), ['2:51 hooks[0].ca_file: only with url']],
    [
      'no program',
      'hooks:\n  - { when: before, for: node, run: [] }\n',
      ['2:37 hooks[0].run: expected the program and its arguments, e.g. [./hook.sh, drain]'],
    ],
    [
      'a command line in place of a list',
      'hooks:\n  - { when: before, for: node, run: ./lb.sh disable }\n',
      ['2:37 hooks[0].run: expected a list, got a single value; write [./lb.sh disable]'],
    ],
    [
      'two hooks with one name',
      'hooks:\n  - { name: a, when: before, for: node, run: [a] }\n  - { name: a, when: after, for: node, run: [a] }\n',
      ['3:13 hooks[1].name: hooks[0] has the name "a", too'],
    ],
    ...['soon', '0s', '25h', '100ms'].map((text): [string, string, string[]] => [
      `the time ${text}`,
      hook(`timeout: ${text}`),
      [`2:51 hooks[0].timeout: invalid duration "${text}"; expected 1s to 24h, e.g. 90s or 5m`],
    ]),
  ])('with %s is refused with its place', (_what, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it.each([
    ['another scheme', 'ftp://a.example', '', 'invalid URL; expected https:// or http://'],
    ['no scheme', 'a.example/hook', '', 'invalid URL; expected https:// or http://'],
    ['credentials', 'https://user:hunter2@a.example', '', 'contains credentials; put them into header_file'],
    ['a token without encryption', 'http://a.example', ', header_file: b', 'expected https://, because'],
  ])('with a URL with %s is refused, and does not repeat it', (_what, url, more, message) => {
    const faults = faultsOf(`hooks:\n  - { when: before, for: node, url: "${url}"${more} }\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`2:37 hooks[0].url: ${message}`);
    expect(faults[0]).not.toContain('hunter2');
  });

  it('reports everything at once', () => {
    const text = 'hooks:\n  - { when: bevore, for: node, run: [a] }\n  - { when: after, for: nod }\n  - 7\n';
    expect(faultsOf(text).map((fault) => fault.split(': ')[0])).toEqual([
      '2:13 hooks[0].when',
      '3:25 hooks[1].for',
      '4:5 hooks[2]',
      '3:5 hooks[1]',
    ]);
  });

  it('never offers the flags that accept mistakes in cluster.yml', () => {
    for (const text of ['hoks: []\n', 'hooks: []\nhooks: []\n']) {
      const parsed = parseHooks(text);
      expect(!parsed.ok && parsed.diagnostics.map(({ code }) => code)).toContain('bad-hook-key');
    }
  });
});
