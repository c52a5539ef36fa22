import { differenceKeys } from '../../src/config/rules/running/differences.js';
import { keyRules } from '../../src/config/rules/running/judge-changes.js';
import { matchesKey, type KeyRule, type Verdict } from '../../src/config/rules/running/key-rule.js';

/** Generates docs/running-cluster.md from the rules. */
export function runningClusterDoc(): string {
  return `# Change a running cluster

\`\`\`
rke config validate     # check the change offline, with the state file beside cluster.yml
rke up                  # apply it
\`\`\`

\`rke up\` compares cluster.yml with \`cluster.rkestate\`: with what the last finished run left, and with what the last run started
if it did not finish. Every changed key is applied or refused; none is ignored. All refusals are reported at once, with their
position in the file, before any host is contacted (exit code 3). \`rke config validate\` and \`rke plan\` refuse the same changes.

Both sides are compared with all defaults: writing out a default, or adding a key with an empty value, changes nothing.

This page is generated from the rules in src/config/rules/running.

## What a run does with a changed key

*Applied*: hosts or the cluster are changed. *Not on hosts*: hosts do not depend on the key. *Refused*: the run stops.
*Not yet supported*: refused if the key is set or changed. *Depends*: some values are applied, others refused; see
[Refused](#refused). \`*\` matches any name, \`**\` all keys below.

| key | what a run does |
|---|---|
${ordered()
  .map(({ pattern, rule }) => `| \`${pattern}\` | ${names[rule.verdict]} |`)
  .join('\n')}

## Refused

${keyRules
  .filter(({ remedy }) => remedy !== undefined)
  .map(refusal)
  .join('\n')}

To add a host, add it to \`nodes\` with the roles controlplane or worker. Removing hosts, and adding or removing etcd members, is
not yet supported. RKE v1.6 can do it with the same cluster.yml and state file; let that run finish before you use this program
again.

## Applied

${keyRules
  .filter(({ verdict }) => verdict === 'applied' || verdict === 'local')
  .map(({ keys, text }) => `- ${keys.map((key) => `\`${key}\``).join(', ')}: ${text}.`)
  .join('\n')}

## Version

A file without \`kubernetes_version\` keeps the version of the running cluster, with a warning; RKE v1 upgraded such a cluster to
its default version. Kubernetes is upgraded one minor version at a time and never downgraded. After an interrupted upgrade the
newer version counts, because some hosts may have it: complete the upgrade with the same file.

## After an interrupted run

Ranges, paths and names are compared with the last finished run, so a change that RKE v1 started can be set back. Keep nodes and
roles that a run started to add in the file, because their hosts may have joined already. A node that no run has reached is not
recorded: correct its address, or remove it. If the first run did not finish, \`rke remove\` deletes what it created, and the next
\`rke up\` creates a new cluster.

## Start over

The rules protect the cluster that the state file describes, even if its hosts no longer exist:

- \`rke remove\` deletes the cluster from its hosts and moves the state file into its history. These rules do not stop it. The
  next \`rke up\` creates a new cluster, with any ranges, paths and nodes.
- If hosts no longer exist, remove them from cluster.yml first and then run \`rke remove\`: with an unreachable host the state file
  stays in place.
- If no host of the cluster exists any more, move \`cluster.rkestate\` to another directory. It contains the keys of the cluster,
  so do not delete it.
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

function refusal({ keys, text, remedy = '' }: KeyRule): string {
  return `- ${keys.map((key) => `\`${key}\``).join(', ')}: ${text}. **Instead:** ${remedy}.`;
}
