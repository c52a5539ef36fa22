import { posix } from 'node:path';
import { isRecord, stableStringify } from '../../core/stable.js';
import type { KubeApiSpec } from '../cluster-spec.js';
import { didYouMean, refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

const api = 'services.kube-api';
const block = `${api}.audit_log`;

/** The audit log: one that is configured in part or not at all writes nothing, or keeps kube-apiserver from starting. */
export const auditRules: Rule = (input) => {
  const given = input.config.services?.kubeApi?.auditLog;
  const flags = input.spec.services.kubeApi.extraArgs ?? {};
  const isEnabled = input.spec.services.kubeApi.auditLog?.enabled === true;
  if (!isEnabled && given?.configuration !== undefined)
    return 'audit-policy-file' in flags ? [] : [switchedOff(input)];
  return [
    ...(isEnabled && given?.configuration !== undefined ? configurationFindings(input) : []),
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
  const format = flags['audit-log-format'] ?? given.format ?? '';
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
    ...(format === '' || formats.includes(format)
      ? []
      : [
          refusal(
            'unknown-value',
            `${path}.format`,
            `"${format}" is not a format${didYouMean(format, formats)}`,
          ),
        ]),
    ...('audit-policy-file' in flags || given.policy === undefined ? [] : policyFindings(given.policy)),
  ];
}

function consequence(first: string | undefined): string {
  if (first === 'path') return ' (nothing would be logged)';
  return first === 'format' ? ' (kube-apiserver would not start)' : ' (0: no limit)';
}

const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];
const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

/** What kube-apiserver asks of a policy at its start (apiserver/pkg/apis/audit/validation). */
function policyFindings(policy: Readonly<Record<string, unknown>>): Finding[] {
  const path = `${block}.configuration.policy`;
  const rules = Array.isArray(policy['rules'])
    ? (policy['rules'] as readonly unknown[]).filter(isRecord)
    : [];
  if (rules.length === 0)
    return [
      refusal(
        'incomplete',
        path,
        'a policy without rules, which kube-apiserver does not start with; add rules',
      ),
    ];
  return [
    ...stageFindings(policy, path),
    ...rules.flatMap((rule, index) => [
      ...levelFindings(rule['level'], `${path}.rules[${index}].level`),
      ...stageFindings(rule, `${path}.rules[${index}]`),
    ]),
  ];
}

function levelFindings(level: unknown, path: string): Finding[] {
  const text = typeof level === 'string' ? level : '';
  if (levels.includes(text)) return [];
  return [refusal('unknown-value', path, `"${text}" is not a level${didYouMean(text, levels)}`)];
}

function stageFindings(holder: Readonly<Record<string, unknown>>, path: string): Finding[] {
  const given = Array.isArray(holder['omitStages'])
    ? (holder['omitStages'] as readonly unknown[]).map(String)
    : [];
  return given
    .filter((stage) => !stages.includes(stage))
    .map((stage) =>
      refusal('unknown-value', `${path}.omitStages`, `"${stage}" is not a stage${didYouMean(stage, stages)}`),
    );
}

/** A log outside of what is mounted ends with its container. */
function pathFindings({ spec }: RuleInput, isEnabled: boolean): Finding[] {
  const { auditLog, extraArgs = {}, extraBinds = [] } = spec.services.kubeApi;
  const override = extraArgs['audit-log-path'];
  const file = override ?? (isEnabled ? (auditLog?.configuration?.path ?? '') : '');
  if (file === '' || file === '-') return [];
  const mounted = [
    '/etc/kubernetes',
    ...(isEnabled ? ['/var/log/kube-audit'] : []),
    ...extraBinds.map((bind) => bind.trim().split(':')[1] ?? ''),
  ].map((target) => posix.join(target, '/'));
  if (mounted.some((target) => posix.normalize(file).startsWith(target))) return [];
  return [
    warning(
      'not-mounted',
      override === undefined ? `${block}.configuration.path` : `${api}.extra_args.audit-log-path`,
      `"${file}" is within the container only and lost with it; write a path below /var/log/kube-audit, or mount its directory with extra_binds`,
    ),
  ];
}
