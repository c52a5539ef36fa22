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

describe('an incomplete configuration of the audit log', () => {
  it.each<[configuration: string, expected: string]>([
    ['{ path: /var/log/kube-audit/a.log }', 'add format: json, max_age: 30, max_backup: 10, max_size: 100'],
    ['{ format: json }', 'missing path, max_age, max_backup, max_size:'],
    [
      '{ max_age: 5 }',
      'add path: /var/log/kube-audit/audit-log.json, format: json, max_backup: 10, max_size: 100',
    ],
    [
      '{ policy: { apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: Metadata }] } }',
      'nothing would be logged',
    ],
    ['{ path: "", format: "", max_age: 1, max_backup: 1, max_size: 1 }', 'missing path, format:'],
    ['{ path: /var/log/kube-audit/a, format: json, max_age: 1, max_size: 1 }', 'missing max_backup:'],
    ['{}', 'add path: /var/log/kube-audit/audit-log.json, format: json, max_age: 30'],
  ])('%s is refused', (configuration, expected) => {
    const text = audit(`{ enabled: true, configuration: ${configuration} }`);
    expect(found(text)).toEqual([
      expect.stringMatching(/^error 8:\d+ services\.kube-api\.audit_log\.configuration: /),
    ]);
    expect(found(text)[0]).toContain(expected);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
    expect(errorsOf(foundWhileRunning(text, base))).toHaveLength(1);
  });

  it('is complete with values of extra_args, and with zeros that are written', () => {
    expect(found(whole({ max_age: 0, max_backup: 0 }))).toEqual([]);
    const more =
      '    extra_args: { audit-log-format: legacy, audit-log-maxage: 3, audit-log-maxbackup: 3, audit-log-maxsize: 9 }\n';
    expect(found(audit('{ enabled: true, configuration: { path: /var/log/kube-audit/x } }', more))).toEqual(
      [],
    );
  });

  it.each(['{ enabled: true }', '{ enabled: false }', '{}'])(
    'is not reported for %s, for which RKE has defaults',
    (text) => {
      expect(found(audit(text))).toEqual([]);
    },
  );
});

it.each(['false', '~'])(
  'a configuration with enabled: %s is refused: kube-apiserver would get the flags without the policy',
  (enabled) => {
    const text = whole().replace('"enabled":true', `"enabled":${enabled === '~' ? 'null' : enabled}`);
    expect(found(text)).toEqual([
      expect.stringMatching(
        /^error 8:\d+ services\.kube-api\.audit_log\.enabled: .*set enabled: true, or remove/,
      ),
    ]);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  },
);

describe('an audit log value with which kube-apiserver does not start', () => {
  it.each<[change: Readonly<Record<string, unknown>>, told: RegExp]>([
    [{ format: 'jsonl' }, /\.format: invalid audit log format "jsonl"; did you mean "json"\?/],
    [{ format: 'JSON' }, /\.format: invalid audit log format "JSON"/],
    [{ format: 'text' }, /\.format: invalid audit log format "text"; expected one of json, legacy/],
    [{ max_age: -1 }, /\.max_age: expected 0 or more, got -1/],
    [{ policy: policy({ rules: [] }) }, /\.policy: the policy has no rules/],
    [{ policy: policy({}) }, /\.policy: the policy has no rules/],
    [
      { policy: policy({ rules: [{ level: 'Meta' }] }) },
      /rules\[0\]\.level: invalid level "Meta"; did you mean "Metadata"/,
    ],
    [
      { policy: policy({ rules: [{ level: 'None' }, { users: ['a'] }] }) },
      /rules\[1\]: level is required: one of None, Metadata, Request, RequestResponse$/,
    ],
    [
      { policy: policy({ rules: [{ level: 'None' }], omitStages: ['RequestRecieved'] }) },
      /did you mean "RequestReceived"/,
    ],
  ])('is refused: %j', (change, told) => {
    expect(found(whole(change))).toEqual([expect.stringMatching(told)]);
    expect(errorsOf(foundWhileRunning(whole(change)))).toEqual([]);
  });

  it.each<[rule: object, told: RegExp]>([
    [{ nonResourceURLs: ['healthz'] }, /nonResourceURLs\[0\]: expected a path such as .*got "healthz"/],
    [
      { nonResourceURLs: ['/a', '/x/*/y'] },
      /nonResourceURLs\[1\]: invalid path "\/x\/\*\/y": \* is allowed only at the end/,
    ],
    [{ nonResourceURLs: ['/a'], resources: [{ group: '' }] }, /nonResourceURLs: .*write two rules/],
    [{ nonResourceURLs: ['/a'], namespaces: ['x'] }, /nonResourceURLs: .*write two rules/],
    [{ resources: [{ group: 'apps/v1' }] }, /resources\[0\]\.group: invalid API group "apps\/v1"/],
    [{ resources: [{ group: 'apps', resourceNames: ['x'] }] }, /resources\[0\]: .*add resources/],
    [{ level: '' }, /rules\[0\]: level is required/],
    [{ omitStages: ['Panic', 'panic'] }, /omitStages\[1\]: invalid stage "panic"; did you mean "Panic"/],
  ])('is refused in a rule of the policy: %j', (rule, told) => {
    const text = whole({ policy: policy({ rules: [{ level: 'Metadata', ...rule }] }) });
    expect(found(text)).toEqual([expect.stringMatching(told)]);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it.each([
    '    extra_args: { audit-log-format: jsn }\n',
    '    extra_args_array: { audit-log-format: [json, jsn] }\n',
  ])('is reported at the extra argument that sets it: %s', (more) => {
    for (const text of [audit('{ enabled: false }', more), audit('{ enabled: true }', more)])
      expect(found(text)).toEqual([
        expect.stringMatching(/^error 9:\d+ .*extra_args.*invalid audit log format "jsn"/),
      ]);
  });

  it.each(['/var/log/kube-audit', '/var/log/kube-audit/', '/srv/x/', '/etc/kubernetes'])(
    'is refused as the path of a directory: %s',
    (path) => {
      expect(errorsOf(found(whole({ path })))).toEqual([expect.stringMatching(/configuration\.path: /)]);
    },
  );

  it('is not a path that extra_binds mount', () => {
    expect(
      found(whole({ path: '/srv/a.log' }).replace(/\n$/, '\n    extra_binds: ["/srv/a.log:/srv/a.log"]\n')),
    ).toEqual([]);
  });

  it('is not reported if all values are valid', () => {
    const rules = [{ level: 'RequestResponse', omitStages: ['Panic'] }, { level: 'None' }];
    expect(
      found(whole({ format: 'legacy', policy: policy({ rules, omitStages: ['ResponseStarted'] }) })),
    ).toEqual([]);
  });
});

describe('the path of an audit log', () => {
  it.each(['/var/log/audit/kube.json', '/var/log/kube-audit2/a', 'audit.log', '/var/log/kube-audit/../a'])(
    'is warned about outside the mounted directories: %s',
    (path) => {
      expect(found(whole({ path }))).toEqual([
        expect.stringMatching(
          /^warning 8:\d+ services\.kube-api\.audit_log\.configuration\.path: .*lost with it/,
        ),
      ]);
    },
  );

  it.each(['-', '/var/log/kube-audit/deep/a.log', '/etc/kubernetes/audit.log'])('is accepted: %s', (path) => {
    expect(found(whole({ path }))).toEqual([]);
  });

  it('is accepted if its directory is mounted, and warned about under extra_args as well', () => {
    const bind = '    extra_binds: ["/srv/audit:/srv/audit/:rw"]\n';
    expect(found(whole({ path: '/srv/audit/a.log' }) + bind)).toEqual([]);
    expect(found(audit('{ enabled: true }', '    extra_args: { audit-log-path: /srv/a.log }\n'))).toEqual([
      expect.stringMatching(/^warning 9:\d+ services\.kube-api\.extra_args\.audit-log-path: /),
    ]);
  });
});
