import { isDnsSubdomain } from '../../core/host-name.js';
import { isRecord } from '../../core/stable.js';
import { didYouMean, refusal, type Finding } from './rule.js';

const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];
const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

type Fields = Readonly<Record<string, unknown>>;

/** What kube-apiserver asks of an audit policy at its start (apiserver/pkg/apis/audit/validation). */
export function policyFindings(path: string, policy: Fields): Finding[] {
  const rules = listOf(policy['rules']);
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
    // What is no map is reported as such.
    ...rules.flatMap((rule, index) => (isRecord(rule) ? ruleFindings(rule, `${path}.rules[${index}]`) : [])),
  ];
}

function ruleFindings(rule: Fields, path: string): Finding[] {
  const urls = listOf(rule['nonResourceURLs']).map(String);
  const hasResources = [rule['resources'], rule['namespaces']].some((list) => listOf(list).length > 0);
  return [
    ...levelFindings(rule['level'], path),
    ...stageFindings(rule, path),
    ...(urls.length > 0 && hasResources
      ? [
          refusal(
            'not-allowed',
            `${path}.nonResourceURLs`,
            'a rule is either for nonResourceURLs or for resources and namespaces; make two rules of it',
          ),
        ]
      : []),
    ...urls.flatMap((url, index) => urlFindings(url, `${path}.nonResourceURLs[${index}]`)),
    ...listOf(rule['resources']).flatMap((group, index) =>
      isRecord(group) ? groupFindings(group, `${path}.resources[${index}]`) : [],
    ),
  ];
}

function levelFindings(level: unknown, path: string): Finding[] {
  if (level === undefined || level === '')
    return [refusal('missing', path, `a rule needs a level: ${levels.join(', ')}`)];
  const text = typeof level === 'string' ? level : JSON.stringify(level);
  return levels.includes(text)
    ? []
    : [refusal('unknown-value', `${path}.level`, `"${text}" is not a level${didYouMean(text, levels)}`)];
}

function stageFindings(holder: Fields, path: string): Finding[] {
  return listOf(holder['omitStages'])
    .map(String)
    .flatMap((stage, index) =>
      stages.includes(stage)
        ? []
        : [
            refusal(
              'unknown-value',
              `${path}.omitStages[${index}]`,
              `"${stage}" is not a stage${didYouMean(stage, stages)}`,
            ),
          ],
    );
}

function urlFindings(url: string, path: string): Finding[] {
  if (url === '*') return [];
  if (!url.startsWith('/'))
    return [refusal('bad-url', path, `expected a path such as /healthz*, got "${url}"`)];
  return url.slice(0, -1).includes('*')
    ? [refusal('bad-url', path, `"${url}": * is allowed at the end only`)]
    : [];
}

function groupFindings({ group = '', resources, resourceNames }: Fields, path: string): Finding[] {
  const name = String(group);
  return [
    ...(name === '' || isDnsSubdomain(name)
      ? []
      : [
          refusal(
            'bad-name',
            `${path}.group`,
            `"${name}" is not an API group; write it without a version, as apps`,
          ),
        ]),
    ...(listOf(resourceNames).length > 0 && listOf(resources).length === 0
      ? [
          refusal(
            'incomplete',
            path,
            'resourceNames are names of resources, and none are given; add resources',
          ),
        ]
      : []),
  ];
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
