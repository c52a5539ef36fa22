import type { Lab } from '../lab/lab.js';

/** A cluster.yml for the nodes of a lab, each with all roles; `more` is added as it is. */
export function clusterYml(lab: Lab, { version = 'v1.30.4-rancher1-1', more = '' } = {}): string {
  const nodes = lab.nodes.map(
    ({ address, hostname, user }) =>
      `  - { address: ${address}, hostname_override: ${hostname}, user: ${user}, role: [controlplane, etcd, worker] }`,
  );
  return `kubernetes_version: ${version}
ssh_key_path: ${lab.sshKeyPath}
nodes:
${nodes.join('\n')}
network: { plugin: flannel }
ingress: { provider: none }
${more}`;
}
