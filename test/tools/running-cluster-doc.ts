import { differenceKeys } from '../../src/config/rules/running/differences.js';
import { keyRules } from '../../src/config/rules/running/judge-changes.js';
import { matchesKey, type KeyRule, type Verdict } from '../../src/config/rules/running/key-rule.js';

/** docs/running-cluster.md, from the rules. */
export function runningClusterDoc(): string {
  return `# Change a running cluster

\`\`\`
rke config validate     # is the change possible; offline, by the state file beside cluster.yml
rke up                  # apply it
\`\`\`

\`rke up\` compares cluster.yml with \`cluster.rkestate\`: with what the last finished run left, and with what the last run began if
it did not finish. Every key that differs is applied or refused; none is ignored. All refusals are reported at once, with their
place in the file, before any host is contacted (exit code 3). \`rke config validate\` and \`rke plan\` refuse the same.

Both sides are compared with all defaults, so a default that you write out, or a key with an empty value, is no change.

The tables are made from the rules in the program (src/config/rules/running) and checked by a test.

## Which key is which

*Applied*: hosts or the cluster are changed. *Not on hosts*: nothing there depends on it. *Refused*: the run stops.
*Not yet supported*: refused if it is set or changed.
*Depends*: some values are applied, others refused; see [Refused](#refused). \`*\` stands for any name, \`**\` for all keys below.

| key | what a run does |
|---|---|
${ordered()
  .map(({ pattern, rule }) => `| \`${pattern}\` | ${names[rule.verdict]} |`)
  .join('\n')}

## Refused

${keyRules
  .filter(({ wayOut }) => wayOut !== undefined)
  .map(refusal)
  .join('\n')}

Hosts are added by adding them to \`nodes\` with the roles controlplane or worker. Until hosts and etcd members can be removed and
etcd members be added here, RKE v1.6 can do it with the same cluster.yml and state file; finish that run before you go on with
this program.

## Applied

${keyRules
  .filter(({ verdict }) => verdict === 'applied' || verdict === 'local')
  .map(({ keys, text }) => `- ${keys.map((key) => `\`${key}\``).join(', ')}: ${text}.`)
  .join('\n')}

## Version

A file without \`kubernetes_version\` keeps the version of the running cluster, and \`rke\` says so; RKE v1 upgraded such a cluster
to its own default. Kubernetes goes up one minor at a time and never down. An upgrade that was interrupted counts as the newer
version, because some hosts may have it: finish it with the same file.

## After an interrupted run

Ranges, paths and names are compared with the last run that finished, so a change that an older program began can be set back.
Nodes and roles that a run began to add stay in the file, because their hosts may have joined already. A node that no run has
reached is not recorded: correct its address, or remove it. If not even the first run has finished, \`rke remove\` deletes what it
began, and the next \`rke up\` starts from nothing.

## Start over

The rules protect the cluster that the state file describes, also if its hosts are gone:

- \`rke remove\` deletes the cluster from its hosts and moves the state file into its history. It is not stopped by these rules.
  The next \`rke up\` makes a new cluster, with any ranges, paths and nodes.
- If hosts no longer exist, remove them from cluster.yml first and then run \`rke remove\`: a host that cannot be reached keeps the
  state file in place.
- If no host of the cluster exists any more, move \`cluster.rkestate\` away. It holds the keys of the cluster, so keep a copy.
`;
}

const names: Readonly<Record<Verdict, string>> = {
  applied: 'applied',
  local: 'not on hosts',
  refused: 'refused',
  depends: 'depends',
  later: 'not yet supported',
};

/** Every pattern once, in the order of the schema. */
function ordered(): { readonly pattern: string; readonly rule: KeyRule }[] {
  const found = new Map<string, KeyRule>();
  for (const key of differenceKeys()) {
    const rule = keyRules.find(({ keys }) => keys.some((pattern) => matchesKey(pattern, key)));
    const pattern = rule?.keys.find((one) => matchesKey(one, key));
    if (rule !== undefined && pattern !== undefined && !found.has(pattern)) found.set(pattern, rule);
  }
  return [...found].map(([pattern, rule]) => ({ pattern, rule }));
}

function refusal({ keys, text, wayOut = '' }: KeyRule): string {
  return `- ${keys.map((key) => `\`${key}\``).join(', ')}: ${text}. **Way out:** ${wayOut}.`;
}
