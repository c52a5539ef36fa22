export interface KubeconfigParts {
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig in RKE's layout, without a newline at the end. A JSON string is a valid double-quoted YAML string. */
export function kubeconfigText({
  cluster,
  user,
  server,
  authority,
  certificate,
  key,
}: KubeconfigParts): string {
  const quoted = JSON.stringify;
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    api-version: v1
    ${authority}
    server: ${quoted(server)}
  name: ${quoted(cluster)}
contexts:
- context:
    cluster: ${quoted(cluster)}
    user: ${quoted(user)}
  name: ${quoted(cluster)}
current-context: ${quoted(cluster)}
users:
- name: ${quoted(user)}
  user:
    ${certificate}
    ${key}`;
}
