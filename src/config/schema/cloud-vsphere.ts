import { field, fields, boolean, mapOf, object, string, integer } from './field.js';

const login = {
  user: { doc: 'User name.', example: 'rke@vsphere.local' },
  password: { doc: 'Password.', example: 'vsphere-secret' },
  port: { doc: 'Port of vCenter.', default: '443', example: '443' },
  datacenters: {
    doc: 'Datacenters with machines of the cluster, separated by commas.',
    example: '"dc-1, dc-2"',
  },
};
const roundTrips = { doc: 'Number of tries of a request.', default: '0', example: '3' };

const global = object({
  ...fields(string, {
    ...login,
    server: { doc: 'Address of vCenter.', example: 'vcenter.example.com' },
    datacenter: { doc: 'Datacenter of the machines.', example: 'dc-1' },
    datastore: { doc: 'Datastore of volumes.', example: 'store-1' },
    'working-dir': { doc: 'vSphere folder of the machines.', example: 'kubernetes' },
    'vm-uuid': { doc: 'UUID of the machine.', example: '42000000-0000-0000-0000-000000000000' },
    'vm-name': { doc: 'Name of the machine.', example: 'node-1' },
  }),
  'insecure-flag': field(boolean, {
    doc: 'Skip the verification of the vCenter certificate.',
    default: 'false',
    example: 'true',
  }),
  'soap-roundtrip-count': field(integer, roundTrips),
});

export const vsphere = object({
  global: field(global, 'Settings for every vCenter.'),
  virtual_center: field(
    mapOf(object({ ...fields(string, login), 'soap-roundtrip-count': field(integer, roundTrips) })),
    {
      doc: 'vCenters by address.',
      example:
        '{ vcenter.example.com: { user: rke@vsphere.local, password: vsphere-secret, datacenters: dc-1 } }',
    },
  ),
  network: field(
    object({
      'public-network': field(string, { doc: 'Network of the node addresses.', example: 'vm-network' }),
    }),
    'The network of the machines.',
  ),
  disk: field(
    object({
      scsicontrollertype: field(string, { doc: 'SCSI controller type of volumes.', example: 'pvscsi' }),
    }),
    'Volumes.',
  ),
  workspace: field(
    object(
      fields(string, {
        server: { doc: 'vCenter for new volumes.', example: 'vcenter.example.com' },
        datacenter: { doc: 'Datacenter for new volumes.', example: 'dc-1' },
        folder: { doc: 'vSphere folder of the machines that create volumes.', example: 'kubernetes' },
        'default-datastore': { doc: 'Datastore for new volumes.', example: 'store-1' },
        'resourcepool-path': {
          doc: 'Resource pool of the machines that create volumes.',
          example: 'cluster-1/Resources',
        },
      }),
    ),
    'Location of new volumes.',
  ),
});
