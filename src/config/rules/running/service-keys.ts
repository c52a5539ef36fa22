import { customEncryption } from './encryption-rules.js';
import { etcdBinds, etcdEnvironment, externalEtcd } from './etcd-rules.js';
import { dnsWhy, domainWhy, extraArgs, podsWhy, servicesWhy } from './fixed-flags.js';
import { applied, depends, local, refused, type KeyRule } from './key-rule.js';

const keep = 'keep the value; only a new cluster can have another one';
const replaced = 'the containers of the service are replaced, one host after another';

/** Keys below `services`. */
export const serviceKeys: readonly KeyRule[] = [
  refused(servicesWhy, keep, 'services.*.service_cluster_ip_range'),
  refused(podsWhy, keep, 'services.kube-controller.cluster_cidr'),
  refused(domainWhy, keep, 'services.kubelet.cluster_domain'),
  refused(dnsWhy, keep, 'services.kubelet.cluster_dns_server'),
  depends(
    'from the own etcd to an external one, back, or to another one is refused: all objects of the cluster are in it',
    'replace single addresses of the same etcd, and keep at least one in each run',
    externalEtcd,
    'services.etcd.external_urls',
  ),
  refused('all objects of the cluster are under that prefix', keep, 'services.etcd.path'),
  depends(
    `${replaced}; flags that say which etcd it is (\`data-dir\`, \`name\`, \`initial-…\`, listen and peer URLs) are refused, and so are those that override a key of this table that is refused`,
    'keep these flags as they are',
    extraArgs,
    'services.*.extra_args',
    'services.*.extra_args_array',
  ),
  depends(
    'etcd is replaced, one member after another; variables that stand for a flag which is refused are refused as well',
    'keep these variables as they are',
    etcdEnvironment,
    'services.etcd.extra_env',
  ),
  depends(
    'etcd is replaced, one member after another; a mount at its data directory is refused: members would start empty',
    'move the data with a snapshot',
    etcdBinds,
    'services.etcd.extra_binds',
  ),
  applied(
    replaced,
    ...['kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy'].flatMap((service) => [
      `services.${service}.extra_binds`,
      `services.${service}.extra_env`,
    ]),
  ),
  local('means nothing: images of services are set under `system_images`', 'services.*.image'),
  local(
    'no effect: `rke up` does not change clusters with Windows hosts',
    ...['win_extra_args', 'win_extra_args_array', 'win_extra_binds', 'win_extra_env'].map(
      (key) => `services.*.${key}`,
    ),
  ),
  applied(
    'with `external_urls`: written to the hosts, and what reads them is restarted',
    'services.etcd.ca_cert',
    'services.etcd.cert',
    'services.etcd.key',
  ),
  applied(
    'both together: etcd is replaced, one member after another, after its files have got the new owner',
    'services.etcd.uid',
    'services.etcd.gid',
  ),
  local(
    'counts for snapshots that are taken by hand, or as a default',
    'services.etcd.backup_config.enabled',
    'services.etcd.backup_config.timeout',
    'services.etcd.backup_config.safe_timestamp',
  ),
  applied(
    'the container that takes snapshots is created, replaced or removed',
    'services.etcd.snapshot',
    'services.etcd.retention',
    'services.etcd.creation',
    'services.etcd.backup_config.interval_hours',
    'services.etcd.backup_config.retention',
    'services.etcd.backup_config.s3backupconfig.**',
  ),
  applied(
    'files are written, and kube-apiserver is replaced or restarted, one host after another',
    'services.kube-api.service_node_port_range',
    'services.kube-api.pod_security_configuration',
    'services.kube-api.always_pull_images',
    'services.kube-api.audit_log.enabled',
    'services.kube-api.audit_log.configuration.**',
    'services.kube-api.admission_configuration.**',
    'services.kube-api.event_rate_limit.enabled',
    'services.kube-api.event_rate_limit.configuration.**',
  ),
  applied(
    'step by step, so that every API server can read what another one writes (encryption.md)',
    'services.kube-api.secrets_encryption_config.enabled',
  ),
  depends(
    'step by step (encryption.md); without the provider that objects are written with it is refused: nobody could read them',
    'keep the provider behind the new one for one run',
    customEncryption,
    'services.kube-api.secrets_encryption_config.custom_config.**',
  ),
  applied(
    'kubelet is replaced, one host after another',
    'services.kubelet.infra_container_image',
    'services.kubelet.fail_swap_on',
    'services.kubelet.generate_serving_certificate',
  ),
];
