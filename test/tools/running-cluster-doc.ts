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

How nodes are added and removed: [nodes.md](nodes.md); etcd members: [etcd.md](etcd.md).

## Applied

${keyRules
  .filter(({ verdict }) => verdict === 'applied' || verdict === 'local')
  .map(({ keys, text }) => `- ${keys.map((key) => `\`${key}\``).join(', ')}: ${text}.`)
  .join('\n')}

## Version

A file without \`kubernetes_version\` keeps the version of the running cluster, with a warning; RKE v1 upgraded such a cluster to
its default version. Kubernetes is upgraded one minor version at a time and never downgraded. After an interrupted upgrade the
newer version counts, because some hosts may have it: complete the upgrade with the same file.

## Change the network plugin

\`\`\`
rke plan --offline --allow-network-change
rke up --allow-network-change
\`\`\`

Without the flag, another \`network.plugin\` is refused, also if the state file does not know which plugin runs: \`rke up\` looks
for the DaemonSets \`canal\`, \`calico-node\`, \`kube-flannel\`, \`weave-net\` and \`aci-containers-host\`. With the flag, it works
in this order:

1. The images of the new plugin are pulled on every host.
2. The old plugin is removed from the cluster, and the run waits until its pods have ended. CRDs stay, with the custom
   resources that you created.
3. On every host, its file in \`/etc/cni/net.d\`, its tunnels, its routes to other nodes and its iptables chains are removed.
4. The new plugin is applied, and the run waits until it is available on every node.
5. Host by host, the kubelet is restarted, and its pods are recreated in place: they keep their names and volumes and get other
   addresses. Pods with the network of the host are not touched. Then the interfaces, bridges and reserved addresses of the
   old pods are removed from the host.

From step 2 until the pods of a node are recreated, they do not reach pods of other nodes, and no NetworkPolicy is enforced. All
hosts and the Kubernetes API must answer. Change \`kubernetes_version\` in another run. A run that fails or is interrupted is
completed by the same command; the old plugin can be set again in the same way.

Afterwards, by hand:

- Delete CRDs of the old plugin, once you no longer need what is in them: \`kubectl get crd\`.
- If nodes keep the taint \`node.kubernetes.io/network-unavailable\`, which Calico sets when it ends and old releases of flannel do
  not clear, reboot them or clear the condition \`NetworkUnavailable\`.
- Replace routes and firewall rules outside of the cluster that name the old plugin, for example BGP peers.

From \`none\`: rke does not know the network that you installed. Remove it the way it was installed, and its files in
\`/etc/cni/net.d\` on every host (the kubelet uses the first file there), then run \`rke up --allow-network-change\`. To \`none\`:
the plugin stays and works, and rke no longer manages it; when your own network runs, remove its objects and its files.

Options of the plugin are changed without the flag. The DaemonSet is rolled by \`update_strategy\`, one node at a time by default. A
changed flannel backend, port, VNI or weave password cuts nodes with the old value off from those with the new one until the
last node has it; \`rke up\` warns of it. \`host-gw\` needs all nodes in one layer 2 network.

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
