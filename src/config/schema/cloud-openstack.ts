import { field, fields, boolean, object, string, integer } from './field.js';

const global = object(
  fields(string, {
    'auth-url': { doc: 'URL of Keystone.', example: 'https://keystone.example.com:5000/v3' },
    username: { doc: 'User name.', example: 'rke' },
    'user-id': { doc: 'User ID.', example: '0a1b2c' },
    password: { doc: 'Password.', example: 'openstack-secret' },
    'tenant-id': { doc: 'Project ID.', example: '0a1b2c' },
    'tenant-name': { doc: 'Project name.', example: 'production' },
    'trust-id': { doc: 'Trust ID.', example: '0a1b2c' },
    'domain-id': { doc: 'ID of the domain of the user.', example: 'default' },
    'domain-name': { doc: 'Name of the domain of the user.', example: 'Default' },
    region: { doc: 'Region of the machines.', example: 'RegionOne' },
    'ca-file': {
      doc: 'Path of the CA certificate of Keystone.',
      example: '/etc/ssl/openstack.pem',
    },
  }),
);

const loadBalancer = object({
  ...fields(string, {
    'lb-version': { doc: 'Version of the load balancer API.', example: 'v2' },
    'subnet-id': { doc: 'Subnet for load balancers.', example: '0a1b2c' },
    'floating-network-id': { doc: 'Network of floating IP addresses.', example: '0a1b2c' },
    'lb-method': { doc: 'Load balancing method.', example: 'ROUND_ROBIN' },
    'lb-provider': { doc: 'Load balancer provider.', example: 'octavia' },
    'monitor-delay': { doc: 'Interval of health checks.', example: '60s' },
    'monitor-timeout': { doc: 'Timeout of a health check.', example: '30s' },
  }),
  ...fields(boolean, {
    'use-octavia': { doc: 'Create load balancers with Octavia.', default: 'false', example: 'true' },
    'create-monitor': {
      doc: 'Create a health monitor for each load balancer.',
      default: 'false',
      example: 'true',
    },
    'manage-security-groups': {
      doc: 'Manage security groups for load balancers.',
      default: 'false',
      example: 'true',
    },
  }),
  ...fields(integer, {
    'monitor-max-retries': { doc: 'Health checks that may fail.', default: '0', example: '5' },
  }),
});

const blockStorage = object({
  'bs-version': field(string, { doc: 'Version of the block storage API.', example: 'v3' }),
  ...fields(boolean, {
    'trust-device-path': {
      doc: 'Trust the device paths that the cloud reports.',
      default: 'false',
      example: 'true',
    },
    'ignore-volume-az': {
      doc: 'Ignore the availability zone of volumes.',
      default: 'false',
      example: 'true',
    },
  }),
});

export const openstack = object({
  global: field(global, 'Credentials.'),
  load_balancer: field(loadBalancer, 'Load balancers.'),
  block_storage: field(blockStorage, 'Volumes.'),
  route: field(
    object({
      'router-id': field(string, { doc: 'Router for routes to pods.', example: '0a1b2c' }),
    }),
    'Routes to pods.',
  ),
  metadata: field(
    object({
      'search-order': field(string, {
        doc: 'Order of metadata sources.',
        example: '"configDrive,metadataService"',
      }),
      'request-timeout': field(integer, {
        doc: 'Timeout of a request, in seconds.',
        default: '0',
        example: '10',
      }),
    }),
    'Instance metadata.',
  ),
});
