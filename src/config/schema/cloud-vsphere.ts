import { field, fields, flag, named, object, text, whole } from './field.js';

const login = {
  user: { doc: 'Who logs in.', example: 'rke@vsphere.local' },
  password: { doc: 'Password that goes with user.', example: 'vsphere-secret' },
  port: { doc: 'Port of vCenter.', default: '443', example: '443' },
  datacenters: {
    doc: 'Datacenters that have machines of the cluster, with commas.',
    example: '"dc-1, dc-2"',
  },
};
const roundTrips = { doc: 'How often a call is tried.', default: '0', example: '3' };

const global = object({
  ...fields(text, {
    ...login,
    server: { doc: 'Address of vCenter.', example: 'vcenter.example.com' },
    datacenter: { doc: 'Datacenter of the machines.', example: 'dc-1' },
    datastore: { doc: 'Store of volumes.', example: 'store-1' },
    'working-dir': { doc: 'Folder of the machines.', example: 'kubernetes' },
    'vm-uuid': { doc: 'UUID of the machine.', example: '42000000-0000-0000-0000-000000000000' },
    'vm-name': { doc: 'Name of the machine.', example: 'node-1' },
  }),
  'insecure-flag': field(flag, {
    doc: 'Do not check the certificate of vCenter.',
    default: 'false',
    example: 'true',
  }),
  'soap-roundtrip-count': field(whole, roundTrips),
});

export const vsphere = object({
  global: field(global, 'What holds for every vCenter.'),
  virtual_center: field(
    named(object({ ...fields(text, login), 'soap-roundtrip-count': field(whole, roundTrips) })),
    {
      doc: 'Each vCenter, by its address.',
      example:
        '{ vcenter.example.com: { user: rke@vsphere.local, password: vsphere-secret, datacenters: dc-1 } }',
    },
  ),
  network: field(
    object({
      'public-network': field(text, { doc: 'Network whose addresses nodes show.', example: 'vm-network' }),
    }),
    'The network of the machines.',
  ),
  disk: field(
    object({
      scsicontrollertype: field(text, { doc: 'Kind of controller for volumes.', example: 'pvscsi' }),
    }),
    'How volumes are attached.',
  ),
  workspace: field(
    object(
      fields(text, {
        server: { doc: 'The vCenter that new volumes are made in.', example: 'vcenter.example.com' },
        datacenter: { doc: 'Datacenter that new volumes are made in.', example: 'dc-1' },
        folder: { doc: 'Folder for the machines that make volumes.', example: 'kubernetes' },
        'default-datastore': { doc: 'Store of new volumes.', example: 'store-1' },
        'resourcepool-path': {
          doc: 'Pool for the machines that make volumes.',
          example: 'cluster-1/Resources',
        },
      }),
    ),
    'Where new volumes are made.',
  ),
});
