import { posix } from 'node:path';
import { stableStringify } from '../../core/stable.js';
import type { KubeApiSpec } from '../cluster-spec.js';
import { policyFindings } from './audit-policy.js';
import { didYouMean, refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

const api = 'services.kube-api';
const block = `${api}.audit_log`;

/** The audit log: one that is configured in part or not at all writes nothing, or keeps kube-apiserver from starting. */
export const auditRules: Rule = (input) => {
  const given = input.config.services?.kubeApi?.auditLog;
  const flags = input.spec.services.kubeApi.extraArgs ?? {};
  const isEnabled = input.spec.services.kubeApi.auditLog?.enabled === true;
  if (!isEnabled && given?.configuration !== undefined)
    return [
      ...('audit-policy-file' in flags ? [] : [switchedOff(input)]),
      ...formatFindings(input, isEnabled),
    ];
  return [
    ...(isEnabled && given?.configuration !== undefined ? configurationFindings(input) : []),
    ...formatFindings(input, isEnabled),
    ...pathFindings(input, isEnabled),
  ];
};

/** RKE passes the flags of a configuration although the log is off, and writes the policy only if it is on. */
function switchedOff({ spec }: RuleInput): Finding {
  return refusal(
    'not-allowed',
    `${block}.enabled`,
    'configuration is set but the log is off: kube-apiserver gets --audit-policy-file without the file, and does not start; ' +
      'write enabled: true, or remove configuration',
    stableStringify(spec.services.kubeApi.auditLog),
  );
}

type Configuration = Partial<NonNullable<NonNullable<KubeApiSpec['auditLog']>['configuration']>>;

/** RKE's defaults, which it takes only if there is no configuration at all (cluster/defaults.go:473), by flag and key. */
const settings = [
  ['audit-log-path', 'path', 'path', '/var/log/kube-audit/audit-log.json'],
  ['audit-log-format', 'format', 'format', 'json'],
  ['audit-log-maxage', 'max_age', 'maxAge', '30'],
  ['audit-log-maxbackup', 'max_backup', 'maxBackup', '10'],
  ['audit-log-maxsize', 'max_size', 'maxSize', '100'],
] as const;

const formats = ['json', 'legacy'];

function configurationFindings({ spec, config }: RuleInput): Finding[] {
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
            `${missing.map(([, key]) => key).join(', ')} not set, and a configuration gets no defaults${consequence(missing[0]?.[1])}; ` +
              `write ${missing.map(([, key, , value]) => `${key}: ${value}`).join(', ')}`,
            stableStringify(auditLog),
          ),
        ]),
    ...negative.map(([, key, name]) =>
      refusal('bad-number', `${path}.${key}`, `expected 0 or more, got ${String(given[name])}`),
    ),
    ...('audit-policy-file' in flags || given.policy === undefined
      ? []
      : policyFindings(`${path}.policy`, given.policy)),
  ];
}

function consequence(first: string | undefined): string {
  if (first === 'path') return ' (nothing would be logged)';
  return first === 'format' ? ' (kube-apiserver would not start)' : ' (0: no limit)';
}

interface Setting {
  /** Where the file has it. */
  readonly path: string;
  readonly value: string;
}

/** What kube-apiserver gets: an extra argument instead of the key, which counts if the log is on. */
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

function formatFindings(input: RuleInput, isEnabled: boolean): Finding[] {
  const { path, value } = settingOf(input, { flag: 'audit-log-format', key: 'format', isEnabled });
  return value === '' || formats.includes(value)
    ? []
    : [refusal('unknown-value', path, `"${value}" is not a format${didYouMean(value, formats)}`)];
}

/** A log outside of what is mounted ends with its container. */
function pathFindings(input: RuleInput, isEnabled: boolean): Finding[] {
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
        `"${file}" is a directory, and kube-apiserver does not start; write the path of a file in it`,
      ),
    ];
  if (file.endsWith('/'))
    return [refusal('bad-path', path, `"${file}" ends with a slash; expected the path of a file`)];
  if (mounted.some((target) => posix.join(file, '/').startsWith(target))) return [];
  return [
    warning(
      'not-mounted',
      path,
      `"${file}" is within the container only and lost with it; write a path below /var/log/kube-audit, or mount its directory with extra_binds`,
    ),
  ];
}

/** True if a bind may mount the log itself. */
function isFile(file: string, binds: readonly string[]): boolean {
  return !file.endsWith('/') && binds.some((bind) => bind.trim().split(':')[1] === file);
}
