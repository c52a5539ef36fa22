import { field, fields, flag, object, text } from './field.js';

const ecrCredentials = object(
  fields(text, {
    aws_access_key_id: {
      doc: 'Key ID that asks AWS for a password; without both keys, those of the environment (AWS_ACCESS_KEY_ID, …) are used.',
      example: 'AKIAEXAMPLE',
    },
    aws_secret_access_key: { doc: 'Secret that goes with the key ID.', example: 'aws-secret' },
    aws_session_token: {
      json: 'awsAccessToken',
      doc: 'Token of a session with keys that end.',
      example: 'aws-token',
    },
  }),
);

export const privateRegistry = object({
  url: field(text, {
    doc: 'Domain, and folder where there is one, without a scheme.',
    default: 'docker.io',
    example: 'registry.example.com/rancher',
  }),
  user: field(text, { doc: 'Who logs in to the registry.', example: 'puller' }),
  password: field(text, { doc: 'Password that goes with user.', example: 'registry-secret' }),
  is_default: field(flag, {
    doc: 'Default images are taken from here; the first registry with true counts.',
    default: 'false',
    example: 'true',
  }),
  ecr_credential_plugin: field(ecrCredentials, {
    doc: 'Log in to a registry of AWS (ECR) with passwords that AWS gives; counts only without user and password.',
    since: 'RKE v1.3.0',
  }),
});
