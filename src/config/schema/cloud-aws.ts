import { field, fields, boolean, mapOf, object, string } from './field.js';

export const aws = object({
  global: field(
    object({
      ...fields(string, {
        zone: { doc: 'Availability zone; detected if not set.', example: 'eu-central-1a' },
        vpc: {
          doc: 'VPC of the machines, if the control plane runs outside AWS.',
          example: 'vpc-0a1b2c',
        },
        'subnet-id': { doc: 'Subnet for load balancers.', example: 'subnet-0a1b2c' },
        'routetable-id': { doc: 'Route table for routes to pods.', example: 'rtb-0a1b2c' },
        'role-arn': {
          doc: 'IAM role to assume for AWS requests.',
          example: 'arn:aws:iam::123456789012:role/cloud',
        },
        'kubernetes-cluster-tag': {
          doc: 'Deprecated tag of resources of the cluster.',
          example: 'production',
        },
        'kubernetes-cluster-id': { doc: 'Tag of resources of the cluster.', example: 'production' },
        'elb-security-group': { doc: 'One security group for all load balancers.', example: 'sg-0a1b2c' },
      }),
      ...fields(boolean, {
        'disable-security-group-ingress': {
          doc: 'Do not open the security group of the nodes to load balancers.',
          default: 'false',
          example: 'true',
        },
        'disable-strict-zone-check': {
          doc: 'Accept unknown zones.',
          default: 'false',
          example: 'true',
        },
      }),
    }),
    'Settings of the AWS cloud provider.',
  ),
  service_override: field(
    mapOf(
      object(
        fields(string, {
          service: { doc: 'AWS service.', example: 'ec2' },
          region: { doc: 'Region of the endpoint.', example: 'eu-central-1' },
          url: { doc: 'URL of the endpoint.', example: 'https://ec2.example.com' },
          'signing-region': { doc: 'Signing region of requests.', example: 'eu-central-1' },
          'signing-method': { doc: 'Signing method of requests.', example: 'v4' },
          'signing-name': { doc: 'Signing name of requests.', example: 'ec2' },
        }),
      ),
    ),
    {
      doc: 'AWS services with custom endpoints, under any name.',
      example: '{ ec2: { service: ec2, region: eu-central-1, url: "https://ec2.example.com" } }',
    },
  ),
});
