import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

const audit = (text: string, more = ''): string =>
  `${base}services:\n  kube-api:\n    audit_log: ${text}\n${more}`;
const whole = (change: Readonly<Record<string, unknown>> = {}): string =>
  audit(
    JSON.stringify({
      enabled: true,
      configuration: {
        ...{ max_age: 5, max_backup: 5, max_size: 100, path: '/var/log/kube-audit/a.log', format: 'json' },
        ...change,
      },
    }),
  );
const policy = (more: object): object => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', ...more });

describe('a configuration of the audit log that is given in part', () => {
  it.each<[configuration: string, told: string]>([
    ['{ path: /var/log/kube-audit/a.log }', 'write format: json, max_age: 30, max_backup: 10, max_size: 100'],
    ['{ format: json }', 'path, max_age, max_backup, max_size not set'],
    [
      '{ max_age: 5 }',
      'write path: /var/log/kube-audit/audit-log.json, format: json, max_backup: 10, max_size: 100',
    ],
    [
      '{ policy: { apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: Metadata }] } }',
      'nothing would be logged',
    ],
    ['{ path: "", format: "", max_age: 1, max_backup: 1, max_size: 1 }', 'path, format not set'],
    ['{ path: /var/log/kube-audit/a, format: json, max_age: 1, max_size: 1 }', 'max_backup not set'],
    ['{}', 'write path: /var/log/kube-audit/audit-log.json, format: json, max_age: 30'],
  ])('%s is refused', (configuration, told) => {
    const text = audit(`{ enabled: true, configuration: ${configuration} }`);
    expect(found(text)).toEqual([
      expect.stringMatching(/^error 8:\d+ services\.kube-api\.audit_log\.configuration: /),
    ]);
    expect(found(text)[0]).toContain(told);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
    expect(errorsOf(foundWhileRunning(text, base))).toHaveLength(1);
  });

  it('is whole with what extra_args add, or with zeros that are written', () => {
    expect(found(whole({ max_age: 0, max_backup: 0 }))).toEqual([]);
    const more =
      '    extra_args: { audit-log-format: legacy, audit-log-maxage: 3, audit-log-maxbackup: 3, audit-log-maxsize: 9 }\n';
    expect(found(audit('{ enabled: true, configuration: { path: /var/log/kube-audit/x } }', more))).toEqual(
      [],
    );
  });

  it.each(['{ enabled: true }', '{ enabled: false }', '{}'])(
    '%s has none, which RKE has defaults for',
    (text) => {
      expect(found(audit(text))).toEqual([]);
    },
  );
});

it.each(['false', '~'])(
  'a configuration with enabled: %s is refused: the flags come without the policy',
  (enabled) => {
    const text = whole().replace('"enabled":true', `"enabled":${enabled === '~' ? 'null' : enabled}`);
    expect(found(text)).toEqual([
      expect.stringMatching(
        /^error 8:\d+ services\.kube-api\.audit_log\.enabled: .*write enabled: true, or remove/,
      ),
    ]);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  },
);

describe('a value of the audit log that kube-apiserver does not start with', () => {
  it.each<[change: Readonly<Record<string, unknown>>, told: RegExp]>([
    [{ format: 'jsonl' }, /\.format: "jsonl" is not a format; did you mean "json"\?/],
    [{ format: 'JSON' }, /\.format: "JSON" is not a format/],
    [{ format: 'text' }, /\.format: "text" is not a format; allowed are json, legacy/],
    [{ max_age: -1 }, /\.max_age: expected 0 or more, got -1/],
    [{ policy: policy({ rules: [] }) }, /\.policy: a policy without rules/],
    [{ policy: policy({}) }, /\.policy: a policy without rules/],
    [
      { policy: policy({ rules: [{ level: 'Meta' }] }) },
      /rules\[0\]\.level: "Meta" is not a level; did you mean "Metadata"/,
    ],
    [
      { policy: policy({ rules: [{ level: 'None' }, { users: ['a'] }] }) },
      /rules\[1\]: a rule needs a level: None, Metadata, Request, RequestResponse$/,
    ],
    [
      { policy: policy({ rules: [{ level: 'None' }], omitStages: ['RequestRecieved'] }) },
      /did you mean "RequestReceived"/,
    ],
  ])('%j', (change, told) => {
    expect(found(whole(change))).toEqual([expect.stringMatching(told)]);
    expect(errorsOf(foundWhileRunning(whole(change)))).toEqual([]);
  });

  it.each<[rule: object, told: RegExp]>([
    [{ nonResourceURLs: ['healthz'] }, /nonResourceURLs\[0\]: expected a path such as .*got "healthz"/],
    [{ nonResourceURLs: ['/a', '/x/*/y'] }, /nonResourceURLs\[1\]: "\/x\/\*\/y": \* is allowed at the end/],
    [{ nonResourceURLs: ['/a'], resources: [{ group: '' }] }, /nonResourceURLs: .*make two rules/],
    [{ nonResourceURLs: ['/a'], namespaces: ['x'] }, /nonResourceURLs: .*make two rules/],
    [{ resources: [{ group: 'apps/v1' }] }, /resources\[0\]\.group: "apps\/v1" is not an API group/],
    [{ resources: [{ group: 'apps', resourceNames: ['x'] }] }, /resources\[0\]: .*add resources/],
    [{ level: '' }, /rules\[0\]: a rule needs a level/],
    [{ omitStages: ['Panic', 'panic'] }, /omitStages\[1\]: "panic" is not a stage; did you mean "Panic"/],
  ])('a rule of the policy: %j', (rule, told) => {
    const text = whole({ policy: policy({ rules: [{ level: 'Metadata', ...rule }] }) });
    expect(found(text)).toEqual([expect.stringMatching(told)]);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it.each([
    '    extra_args: { audit-log-format: jsn }\n',
    '    extra_args_array: { audit-log-format: [json, jsn] }\n',
  ])('by an extra argument, at its place: %s', (more) => {
    for (const text of [audit('{ enabled: false }', more), audit('{ enabled: true }', more)])
      expect(found(text)).toEqual([
        expect.stringMatching(/^error 9:\d+ .*extra_args.*"jsn" is not a format/),
      ]);
  });

  it.each(['/var/log/kube-audit', '/var/log/kube-audit/', '/srv/x/', '/etc/kubernetes'])(
    'a path that is none of a file: %s',
    (path) => {
      expect(errorsOf(found(whole({ path })))).toEqual([expect.stringMatching(/configuration\.path: /)]);
    },
  );

  it('is not a path that is mounted itself', () => {
    expect(
      found(whole({ path: '/srv/a.log' }).replace(/\n$/, '\n    extra_binds: ["/srv/a.log:/srv/a.log"]\n')),
    ).toEqual([]);
  });

  it('is taken if it is right', () => {
    const rules = [{ level: 'RequestResponse', omitStages: ['Panic'] }, { level: 'None' }];
    expect(
      found(whole({ format: 'legacy', policy: policy({ rules, omitStages: ['ResponseStarted'] }) })),
    ).toEqual([]);
  });
});

describe('an audit log outside of what is mounted', () => {
  it.each(['/var/log/audit/kube.json', '/var/log/kube-audit2/a', 'audit.log', '/var/log/kube-audit/../a'])(
    '%s is warned of',
    (path) => {
      expect(found(whole({ path }))).toEqual([
        expect.stringMatching(
          /^warning 8:\d+ services\.kube-api\.audit_log\.configuration\.path: .*lost with it/,
        ),
      ]);
    },
  );

  it.each(['-', '/var/log/kube-audit/deep/a.log', '/etc/kubernetes/audit.log'])('%s is not', (path) => {
    expect(found(whole({ path }))).toEqual([]);
  });

  it('is not if its directory is mounted, and is under extra_args, too', () => {
    const bind = '    extra_binds: ["/srv/audit:/srv/audit/:rw"]\n';
    expect(found(whole({ path: '/srv/audit/a.log' }) + bind)).toEqual([]);
    expect(found(audit('{ enabled: true }', '    extra_args: { audit-log-path: /srv/a.log }\n'))).toEqual([
      expect.stringMatching(/^warning 9:\d+ services\.kube-api\.extra_args\.audit-log-path: /),
    ]);
  });
});
