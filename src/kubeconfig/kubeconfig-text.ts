export interface KubeconfigParts {
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** RKE's own layout: no newline at the end. A quoted JSON text is a quoted YAML text. */
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
