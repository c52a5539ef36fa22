import { posix } from 'node:path';
import { stableStringify } from '../../core/stable.js';
import type { KubeApiSpec } from '../cluster-spec.js';
import { checkAuditPolicy } from './audit-policy.js';
import { invalidChoice, refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

const api = 'services.kube-api';
const block = `${api}.audit_log`;

/** The audit log: with an incomplete configuration nothing is logged, or kube-apiserver does not start. */
export const auditRules: Rule = (input) => {
  const given = input.config.services?.kubeApi?.auditLog;
  const flags = input.spec.services.kubeApi.extraArgs ?? {};
  const isEnabled = input.spec.services.kubeApi.auditLog?.enabled === true;
  if (!isEnabled && given?.configuration !== undefined)
    return [
      ...('audit-policy-file' in flags ? [] : [reportDisabled(input)]),
      ...checkFormat(input, isEnabled),
    ];
  return [
    ...(isEnabled && given?.configuration !== undefined ? checkConfiguration(input) : []),
    ...checkFormat(input, isEnabled),
    ...checkPath(input, isEnabled),
  ];
};

/** RKE passes the flags of a configuration even if the log is disabled, but writes the policy only if it is enabled. */
function reportDisabled({ spec }: RuleInput): Finding {
  return refusal(
    'not-allowed',
    `${block}.enabled`,
    'configuration is set but the audit log is disabled: kube-apiserver gets --audit-policy-file without the file and does not ' +
      'start; set enabled: true, or remove configuration',
    stableStringify(spec.services.kubeApi.auditLog),
  );
}

type Configuration = Partial<NonNullable<NonNullable<KubeApiSpec['auditLog']>['configuration']>>;

/** RKE's defaults by flag and key; RKE uses them only if there is no configuration at all (cluster/defaults.go:473). */
const settings = [
  ['audit-log-path', 'path', 'path', '/var/log/kube-audit/audit-log.json'],
  ['audit-log-format', 'format', 'format', 'json'],
  ['audit-log-maxage', 'max_age', 'maxAge', '30'],
  ['audit-log-maxbackup', 'max_backup', 'maxBackup', '10'],
  ['audit-log-maxsize', 'max_size', 'maxSize', '100'],
] as const;

const formats = ['json', 'legacy'];

function checkConfiguration({ spec, config }: RuleInput): Finding[] {
  const { auditLog, extraArgs: flags = {} } = spec.services.kubeApi;
  const given = (config.services?.kubeApi?.auditLog?.configuration ?? {}) as Configuration;
  const path = `${block}.configuration`;
  const isUnset = (value: string | number | undefined): boolean => value === undefined || value === '';
  const missing = settings.filter(([flag, , name]) => isUnset(given[name]) && isUnset(flags[flag]));
  const negative = settings.filter(([, , name]) => Number(given[name]) < 0);
  return [
    ...(missing.length === 0
      ? []
      : [
          refusal(
            'incomplete',
            path,
            `missing ${missing.map(([, key]) => key).join(', ')}: a configuration has no defaults${consequenceOf(missing[0]?.[1])}; ` +
              `add ${missing.map(([, key, , value]) => `${key}: ${value}`).join(', ')}`,
            stableStringify(auditLog),
          ),
        ]),
    ...negative.map(([, key, name]) =>
      refusal('bad-number', `${path}.${key}`, `expected 0 or more, got ${String(given[name])}`),
    ),
    ...('audit-policy-file' in flags || given.policy === undefined
      ? []
      : checkAuditPolicy(`${path}.policy`, given.policy)),
  ];
}

/** What happens without the first missing key. */
function consequenceOf(key: string | undefined): string {
  if (key === 'path') return ' (nothing would be logged)';
  return key === 'format' ? ' (kube-apiserver would not start)' : ' (0 means no limit)';
}

interface Setting {
  /** Path in the file. */
  readonly path: string;
  readonly value: string;
}

/** The value that kube-apiserver gets: an extra argument overrides the key, which has an effect only if the log is enabled. */
function settingOf(
  { spec }: RuleInput,
  {
    flag,
    key,
    isEnabled,
  }: { readonly flag: string; readonly key: 'path' | 'format'; readonly isEnabled: boolean },
): Setting {
  const { auditLog, extraArgs = {}, extraArgsArray = {} } = spec.services.kubeApi;
  const several = extraArgsArray[flag] ?? [];
  const override = extraArgs[flag];
  if (several.length > 0)
    return { path: `${api}.extra_args_array.${flag}[${several.length - 1}]`, value: several.at(-1) ?? '' };
  if (override !== undefined) return { path: `${api}.extra_args.${flag}`, value: override };
  return {
    path: `${block}.configuration.${key}`,
    value: isEnabled ? (auditLog?.configuration?.[key] ?? '') : '',
  };
}

function checkFormat(input: RuleInput, isEnabled: boolean): Finding[] {
  const { path, value } = settingOf(input, { flag: 'audit-log-format', key: 'format', isEnabled });
  return value === '' || formats.includes(value)
    ? []
    : [refusal('unknown-value', path, invalidChoice('audit log format', value, formats))];
}

/** A log outside the mounted directories is lost with its container. */
function checkPath(input: RuleInput, isEnabled: boolean): Finding[] {
  const { extraBinds = [] } = input.spec.services.kubeApi;
  const { path, value: file } = settingOf(input, { flag: 'audit-log-path', key: 'path', isEnabled });
  if (file === '' || file === '-') return [];
  const mounted = [
    '/etc/kubernetes',
    ...(isEnabled ? ['/var/log/kube-audit'] : []),
    ...extraBinds.map((bind) => bind.trim().split(':')[1] ?? ''),
  ].map((target) => posix.join(target, '/'));
  if (mounted.includes(posix.join(file, '/')) && !isFile(file, extraBinds))
    return [
      refusal(
        'bad-path',
        path,
        `"${file}" is a directory, so kube-apiserver does not start; use the path of a file in it`,
      ),
    ];
  if (file.endsWith('/')) return [refusal('bad-path', path, `expected the path of a file, got "${file}"`)];
  if (mounted.some((target) => posix.join(file, '/').startsWith(target))) return [];
  return [
    warning(
      'not-mounted',
      path,
      `"${file}" is only inside the container and is lost with it; use a path under /var/log/kube-audit, or mount its directory with extra_binds`,
    ),
  ];
}

/** True if a bind mounts the log file itself. */
function isFile(file: string, binds: readonly string[]): boolean {
  return !file.endsWith('/') && binds.some((bind) => bind.trim().split(':')[1] === file);
}
