import { judgeCustomEncryption } from './encryption-rules.js';
import { judgeEtcdBinds, judgeEtcdEnvironment, judgeExternalEtcd } from './etcd-rules.js';
import { dnsWhy, domainWhy, judgeExtraArgs, podsWhy, servicesWhy } from './fixed-flags.js';
import { applied, depends, local, refused, type KeyRule } from './key-rule.js';

const keep = 'keep the value; only a new cluster can have another one';
const replaced = 'the containers of the service are replaced, host by host';

/** Keys below `services`. */
export const serviceKeys: readonly KeyRule[] = [
  refused(servicesWhy, keep, 'services.*.service_cluster_ip_range'),
  refused(podsWhy, keep, 'services.kube-controller.cluster_cidr'),
  refused(domainWhy, keep, 'services.kubelet.cluster_domain'),
  refused(dnsWhy, keep, 'services.kubelet.cluster_dns_server'),
  depends(
    'refused between the etcd of the cluster and an external one, and between two external ones: all objects of the cluster are in it',
    'replace single URLs of the same etcd, and keep at least one in each run',
    judgeExternalEtcd,
    'services.etcd.external_urls',
  ),
  refused('all objects of the cluster are under that prefix', keep, 'services.etcd.path'),
  depends(
    `${replaced}; flags that identify etcd (\`data-dir\`, \`name\`, \`initial-…\`, listen and peer URLs) are refused, and so are flags that override a refused key of this table`,
    'keep these flags unchanged',
    judgeExtraArgs,
    'services.*.extra_args',
    'services.*.extra_args_array',
  ),
  depends(
    'etcd members are replaced one by one; variables of refused flags are refused as well',
    'keep these variables unchanged',
    judgeEtcdEnvironment,
    'services.etcd.extra_env',
  ),
  depends(
    'etcd members are replaced one by one; changed mounts at the data directory are refused: members would start with an empty database',
    'keep the mounts at the data directory',
    judgeEtcdBinds,
    'services.etcd.extra_binds',
  ),
  applied(
    replaced,
    ...['kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy'].flatMap((service) => [
      `services.${service}.extra_binds`,
      `services.${service}.extra_env`,
    ]),
  ),
  local('no effect: images of services are set under `system_images`', 'services.*.image'),
  local(
    'no effect: `rke up` does not change clusters with Windows hosts',
    ...['win_extra_args', 'win_extra_args_array', 'win_extra_binds', 'win_extra_env'].map(
      (key) => `services.*.${key}`,
    ),
  ),
  applied(
    'with `external_urls`, written to the hosts, and the components that read them are restarted',
    'services.etcd.ca_cert',
    'services.etcd.cert',
    'services.etcd.key',
  ),
  applied(
    'if both are set, the owner of the etcd files is changed and etcd members are replaced one by one',
    'services.etcd.uid',
    'services.etcd.gid',
  ),
  local(
    'used only as defaults, and for manual snapshots',
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
    'files are written, and kube-apiserver is replaced or restarted, host by host',
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
    'applied step by step, so that every API server can read what another one writes (encryption.md)',
    'services.kube-api.secrets_encryption_config.enabled',
  ),
  depends(
    'applied step by step (encryption.md); refused without the provider that encrypts objects now: they would become unreadable',
    'keep the provider after the new one for one run',
    judgeCustomEncryption,
    'services.kube-api.secrets_encryption_config.custom_config.**',
  ),
  applied(
    'the kubelet is replaced, host by host',
    'services.kubelet.infra_container_image',
    'services.kubelet.fail_swap_on',
    'services.kubelet.generate_serving_certificate',
  ),
];
