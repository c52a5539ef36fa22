import { field, fields, flag, object, text, whole } from './field.js';

const global = object(
  fields(text, {
    'auth-url': { doc: 'Address of Keystone.', example: 'https://keystone.example.com:5000/v3' },
    username: { doc: 'Who logs in.', example: 'rke' },
    'user-id': { doc: 'Who logs in, by ID.', example: '0a1b2c' },
    password: { doc: 'Password that goes with the user.', example: 'openstack-secret' },
    'tenant-id': { doc: 'Project, by ID.', example: '0a1b2c' },
    'tenant-name': { doc: 'Project.', example: 'production' },
    'trust-id': { doc: 'Trust that stands for the user.', example: '0a1b2c' },
    'domain-id': { doc: 'Domain of the user, by ID.', example: 'default' },
    'domain-name': { doc: 'Domain of the user.', example: 'Default' },
    region: { doc: 'Region of the machines.', example: 'RegionOne' },
    'ca-file': {
      doc: 'Path of the certificate of the authority of Keystone.',
      example: '/etc/ssl/openstack.pem',
    },
  }),
);

const loadBalancer = object({
  ...fields(text, {
    'lb-version': { doc: 'Version of the API for load balancers.', example: 'v2' },
    'subnet-id': { doc: 'Subnet for load balancers.', example: '0a1b2c' },
    'floating-network-id': { doc: 'Network that floating addresses come from.', example: '0a1b2c' },
    'lb-method': { doc: 'How requests are spread.', example: 'ROUND_ROBIN' },
    'lb-provider': { doc: 'Who provides load balancers.', example: 'octavia' },
    'monitor-delay': { doc: 'Time between two checks of health.', example: '60s' },
    'monitor-timeout': { doc: 'Time that one check may take.', example: '30s' },
  }),
  ...fields(flag, {
    'use-octavia': { doc: 'Make load balancers with Octavia.', default: 'false', example: 'true' },
    'create-monitor': {
      doc: 'Check the health of what is behind a load balancer.',
      default: 'false',
      example: 'true',
    },
    'manage-security-groups': {
      doc: 'Open security groups to load balancers.',
      default: 'false',
      example: 'true',
    },
  }),
  ...fields(whole, {
    'monitor-max-retries': { doc: 'How many checks may fail.', default: '0', example: '5' },
  }),
});

const blockStorage = object({
  'bs-version': field(text, { doc: 'Version of the API for volumes.', example: 'v3' }),
  ...fields(flag, {
    'trust-device-path': {
      doc: 'Take the names of devices that the cloud tells.',
      default: 'false',
      example: 'true',
    },
    'ignore-volume-az': { doc: 'Use volumes of other zones, too.', default: 'false', example: 'true' },
  }),
});

export const openstack = object({
  global: field(global, 'How one logs in.'),
  load_balancer: field(loadBalancer, 'How load balancers are made.'),
  block_storage: field(blockStorage, 'How volumes are used.'),
  route: field(
    object({
      'router-id': field(text, { doc: 'Router that routes to pods are written to.', example: '0a1b2c' }),
    }),
    'How pods are routed to.',
  ),
  metadata: field(
    object({
      'search-order': field(text, {
        doc: 'Where a machine learns what it is.',
        example: '"configDrive,metadataService"',
      }),
      'request-timeout': field(whole, { doc: 'Seconds that it may take.', default: '0', example: '10' }),
    }),
    'How a machine learns what it is.',
  ),
});
