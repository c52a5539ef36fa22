import type { ErrorTable } from './error-entry.js';

/** Errors of the Kubernetes API, of nodes and of add-ons. Exit code 7. */
export const kubernetesCodes = {
  ADDON_NOT_REMOVED: {
    exit: 'kubernetes',
    summary: 'the pods of an add-on did not end in time',
    fix: 'check `kubectl get pods -A -o wide` for pods that do not end, then run the same command again',
  },
  NETWORK_CHANGE: {
    exit: 'kubernetes',
    summary: 'the network plugin of the cluster is another one than in cluster.yml, or cannot be changed now',
    fix: 'set the running plugin in cluster.yml; [how a plugin is changed](running-cluster.md#change-the-network-plugin)',
  },
  NODES_UNAVAILABLE: {
    exit: 'kubernetes',
    summary:
      'too many workers or control planes are unavailable already, so that no other may be interrupted',
    fix: 'repair the nodes or remove them from cluster.yml; for workers, `upgrade_strategy.max_unavailable_worker` can be raised',
  },
  NODES_NOT_NAMED: {
    exit: 'kubernetes',
    summary: 'etcd hosts, control planes or add-ons have to be changed before the nodes that `--nodes` names',
    fix: 'name them, too, or run `rke up` without `--nodes` ([upgrade.md](upgrade.md#some-nodes-first))',
  },
  VERSION_SKEW: {
    exit: 'kubernetes',
    summary: 'the version is too far from the kube-apiservers or kubelets that run',
    fix: 'upgrade one minor version at a time ([upgrade.md](upgrade.md)); `--force-version` overrides it',
  },
  KUBE_UNREACHABLE: {
    exit: 'kubernetes',
    summary: 'no kube-apiserver can be reached',
    fix: 'check `docker logs kube-apiserver` on the control-plane hosts',
  },
  KUBE_TIMEOUT: {
    exit: 'kubernetes',
    summary: 'kube-apiserver did not answer in time',
    fix: 'check the load of the control-plane hosts, and `docker logs etcd`',
  },
  KUBE_UNAVAILABLE: {
    exit: 'kubernetes',
    summary: 'kube-apiserver is starting, stopping or overloaded (HTTP 429 or 5xx)',
    fix: 'run the same command again; check `docker logs kube-apiserver` if it stays',
  },
  KUBE_TLS: {
    exit: 'kubernetes',
    summary: 'the certificate of kube-apiserver is not trusted by the CA in the state file',
    fix: 'use the `cluster.rkestate` of this cluster, and check the clocks',
  },
  KUBE_UNAUTHORIZED: {
    exit: 'kubernetes',
    summary: 'the API rejects the kube-admin certificate of the state file',
    fix: 'use the `cluster.rkestate` of this cluster',
  },
  KUBE_FORBIDDEN: {
    exit: 'kubernetes',
    summary: 'the API, or an admission plugin, forbids a call',
    fix: 'fix what the message quotes from the API',
  },
  KUBE_NOT_FOUND: {
    exit: 'kubernetes',
    summary: 'an object does not exist',
    fix: 'run the same command again; another client may have removed the object',
  },
  KUBE_NO_SUCH_KIND: {
    exit: 'kubernetes',
    summary: 'the cluster does not have the kind of an object',
    fix: 'check that its CRD is installed, and the apiVersion of your add-on manifests',
  },
  KUBE_CONFLICT: {
    exit: 'kubernetes',
    summary: 'another client changed the object at the same time',
    fix: 'run the same command again',
  },
  KUBE_INVALID: {
    exit: 'kubernetes',
    summary: 'the API rejects an object as invalid',
    fix: 'fix what the message quotes from the API, usually in `addons` or in the options of an add-on',
  },
  KUBE_REFUSED: {
    exit: 'kubernetes',
    summary: 'the API rejects a call with another status',
    fix: 'fix what the message quotes from the API',
  },
  KUBE_BAD_ANSWER: {
    exit: 'kubernetes',
    summary: 'the answer is not of the Kubernetes API',
    fix: 'check what listens on the API port of the host: a proxy may answer',
  },
  KUBE_ANSWER_TOO_LARGE: {
    exit: 'kubernetes',
    summary: 'the answer of kube-apiserver is too large',
    fix: 'report it with the log file',
  },
  NODE_NOT_READY: {
    exit: 'kubernetes',
    summary: 'a node did not register or did not become ready in time',
    fix: 'check `docker logs kubelet` on the host, and `kubectl describe node NODE`',
  },
  LEAVING_UNKNOWN: {
    exit: 'kubernetes',
    summary:
      'a node cannot leave now: the API cannot be read, or its host is one that stays under another address',
    fix: 'follow the message; nothing was changed',
  },
  DRAIN_REFUSED: {
    exit: 'kubernetes',
    summary: 'a node has pods that may not be evicted by `node_drain_input`; none was evicted',
    fix: 'move these pods, or allow it with the option that the message names',
  },
  DRAIN_TIMED_OUT: {
    exit: 'kubernetes',
    summary: 'pods did not leave a node in time; the message names the PodDisruptionBudgets that keep them',
    fix: 'give the budget room (more replicas elsewhere), then run the same command again',
  },
  ADDON_NOT_AVAILABLE: {
    exit: 'kubernetes',
    summary: 'an add-on did not become available in time; the message has the state of its pods',
    fix: 'fix the cause and run `rke up` again; `addon_job_timeout` gives it more time',
  },
  ADDON_OBJECTS_FAILED: {
    exit: 'kubernetes',
    summary:
      'objects of a user add-on could not be applied or deleted; the message lists each with its place and the reason',
    fix: 'fix the listed objects, then run `rke up` again: it applies what is missing',
  },
  ADDON_UNKNOWN: {
    exit: 'kubernetes',
    summary: 'an add-on cannot be removed, because its manifest in kube-system cannot be read',
    fix: 'fix kube-apiserver first; if the manifest is lost, follow the message',
  },
  HELM_RELEASE_EXISTS: {
    exit: 'kubernetes',
    summary: 'helm itself has installed a release of `addons_helm`; nothing was changed',
    fix: 'remove it from `addons_helm` and leave it to helm, or hand it over; see [helm.md](helm.md)',
  },
  HELM_HOOK_FAILED: {
    exit: 'kubernetes',
    summary: 'a hook of a Helm release, usually a Job, failed or did not end in time',
    fix: 'fix what its pods report, then run `rke up` again: the hooks of the release run again',
  },
  SECRETS_NOT_REWRITTEN: {
    exit: 'kubernetes',
    summary: 'a Secret could not be re-encrypted; all keys are kept, so every Secret stays readable',
    fix: 'fix what the message quotes from the API, then run the same command again',
  },
  STATE_COPY_FAILED: {
    exit: 'kubernetes',
    summary: 'the copy of the state could not be written to the cluster; the state file is complete',
    fix: 'fix what the message quotes from the API, then run the same command again',
  },
} as const satisfies ErrorTable;
