import { field, fields, boolean, object, string } from './field.js';

const ecrCredentials = object(
  fields(string, {
    aws_access_key_id: {
      doc: 'Access key ID.',
      details: 'Without both keys, those of the environment (AWS_ACCESS_KEY_ID, …) are used.',
      example: 'AKIAEXAMPLE',
    },
    aws_secret_access_key: { doc: 'Secret access key.', example: 'aws-secret' },
    aws_session_token: {
      json: 'awsAccessToken',
      doc: 'Session token for temporary keys.',
      example: 'aws-token',
    },
  }),
);

export const privateRegistry = object({
  url: field(string, {
    doc: 'Registry host with an optional port and path, without a scheme.',
    default: 'docker.io',
    example: 'registry.example.com/rancher',
  }),
  user: field(string, { doc: 'User name.', example: 'puller' }),
  password: field(string, { doc: 'Password.', example: 'registry-secret' }),
  is_default: field(boolean, {
    doc: 'Pull default images from here; the first registry with true is used.',
    default: 'false',
    example: 'true',
  }),
  ecr_credential_plugin: field(ecrCredentials, {
    doc: 'Log in to Amazon ECR; used only without user and password.',
    since: 'RKE v1.3.0',
  }),
});
