import { field, fields, flag, named, object, text } from './field.js';

export const aws = object({
  global: field(
    object({
      ...fields(text, {
        zone: { doc: 'Zone, where it should not be asked for.', example: 'eu-central-1a' },
        vpc: {
          doc: 'Network that the machines are in, where the program runs outside of AWS.',
          example: 'vpc-0a1b2c',
        },
        'subnet-id': { doc: 'Subnet for load balancers.', example: 'subnet-0a1b2c' },
        'routetable-id': { doc: 'Table that routes to pods are written to.', example: 'rtb-0a1b2c' },
        'role-arn': {
          doc: 'Role that is taken to talk to AWS.',
          example: 'arn:aws:iam::123456789012:role/cloud',
        },
        'kubernetes-cluster-tag': { doc: 'Old tag of what belongs to the cluster.', example: 'production' },
        'kubernetes-cluster-id': { doc: 'Tag of what belongs to the cluster.', example: 'production' },
        'elb-security-group': { doc: 'One security group for all load balancers.', example: 'sg-0a1b2c' },
      }),
      ...fields(flag, {
        'disable-security-group-ingress': {
          doc: 'Do not open the security group of the nodes to load balancers.',
          default: 'false',
          example: 'true',
        },
        'disable-strict-zone-check': {
          doc: 'Take zones that are not known.',
          default: 'false',
          example: 'true',
        },
      }),
    }),
    'What holds for all of AWS.',
  ),
  service_override: field(
    named(
      object(
        fields(text, {
          service: { doc: 'Service of AWS.', example: 'ec2' },
          region: { doc: 'Region in which it is found elsewhere.', example: 'eu-central-1' },
          url: { doc: 'Address at which it is found.', example: 'https://ec2.example.com' },
          'signing-region': { doc: 'Region that requests are signed for.', example: 'eu-central-1' },
          'signing-method': { doc: 'How requests are signed.', example: 'v4' },
          'signing-name': { doc: 'Name that requests are signed for.', example: 'ec2' },
        }),
      ),
    ),
    {
      doc: 'Services of AWS that are found elsewhere, by a name of your own.',
      example: '{ ec2: { service: ec2, region: eu-central-1, url: "https://ec2.example.com" } }',
    },
  ),
});
