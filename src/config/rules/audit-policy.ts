import { isDnsSubdomain } from '../../core/host-name.js';
import { isRecord } from '../../core/stable.js';
import { invalidChoice, refusal, type Finding } from './rule.js';

const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];
const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

type Fields = Readonly<Record<string, unknown>>;

/** What kube-apiserver checks in an audit policy when it starts (apiserver/pkg/apis/audit/validation). */
export function checkAuditPolicy(path: string, policy: Fields): Finding[] {
  const rules = listOf(policy['rules']);
  if (rules.length === 0)
    return [
      refusal(
        'incomplete',
        path,
        'the policy has no rules, and kube-apiserver does not start with it; add a rule',
      ),
    ];
  return [
    ...checkStages(policy, path),
    // A rule that is not a map is reported by the schema.
    ...rules.flatMap((rule, index) => (isRecord(rule) ? checkRule(rule, `${path}.rules[${index}]`) : [])),
  ];
}

function checkRule(rule: Fields, path: string): Finding[] {
  const urls = listOf(rule['nonResourceURLs']).map(String);
  const hasResources = [rule['resources'], rule['namespaces']].some((list) => listOf(list).length > 0);
  return [
    ...checkLevel(rule['level'], path),
    ...checkStages(rule, path),
    ...(urls.length > 0 && hasResources
      ? [
          refusal(
            'not-allowed',
            `${path}.nonResourceURLs`,
            'nonResourceURLs cannot be combined with resources or namespaces; write two rules',
          ),
        ]
      : []),
    ...urls.flatMap((url, index) => checkUrl(url, `${path}.nonResourceURLs[${index}]`)),
    ...listOf(rule['resources']).flatMap((group, index) =>
      isRecord(group) ? checkGroup(group, `${path}.resources[${index}]`) : [],
    ),
  ];
}

function checkLevel(level: unknown, path: string): Finding[] {
  if (level === undefined || level === '')
    return [refusal('missing', path, `level is required: one of ${levels.join(', ')}`)];
  const text = typeof level === 'string' ? level : JSON.stringify(level);
  return levels.includes(text)
    ? []
    : [refusal('unknown-value', `${path}.level`, invalidChoice('level', text, levels))];
}

function checkStages(policyOrRule: Fields, path: string): Finding[] {
  return listOf(policyOrRule['omitStages'])
    .map(String)
    .flatMap((stage, index) =>
      stages.includes(stage)
        ? []
        : [refusal('unknown-value', `${path}.omitStages[${index}]`, invalidChoice('stage', stage, stages))],
    );
}

function checkUrl(url: string, path: string): Finding[] {
  if (url === '*') return [];
  if (!url.startsWith('/'))
    return [refusal('bad-url', path, `expected a path such as /healthz*, got "${url}"`)];
  return url.slice(0, -1).includes('*')
    ? [refusal('bad-url', path, `invalid path "${url}": * is allowed only at the end`)]
    : [];
}

function checkGroup({ group = '', resources, resourceNames }: Fields, path: string): Finding[] {
  const name = String(group);
  return [
    ...(name === '' || isDnsSubdomain(name)
      ? []
      : [
          refusal(
            'bad-name',
            `${path}.group`,
            `invalid API group "${name}"; write it without a version, for example apps`,
          ),
        ]),
    ...(listOf(resourceNames).length > 0 && listOf(resources).length === 0
      ? [refusal('incomplete', path, 'resourceNames requires resources; add resources')]
      : []),
  ];
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
