import { renderIni } from './ini.js';

/** Keys of cluster.yml to names in the file, in the order of the file. */
const names = {
  zone: 'Zone',
  vpc: 'VPC',
  'subnet-id': 'SubnetID',
  'routetable-id': 'RouteTableID',
  'role-arn': 'RoleARN',
  'kubernetes-cluster-tag': 'KubernetesClusterTag',
  'kubernetes-cluster-id': 'KubernetesClusterID',
  'disable-security-group-ingress': 'DisableSecurityGroupIngress',
  'elb-security-group': 'ElbSecurityGroup',
  'disable-strict-zone-check': 'DisableStrictZoneCheck',
};

/** Renders the settings of the AWS provider (RKE cloudprovider/aws). */
export function renderAwsConfig({ global = {} }: Readonly<Record<string, unknown>>): string {
  const given = global as Readonly<Record<string, unknown>>;
  return renderIni([
    { name: 'Global', entries: Object.entries(names).map(([key, name]) => [name, given[key]] as const) },
  ]);
}
