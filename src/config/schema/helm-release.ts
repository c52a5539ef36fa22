import { anything, field, object, string, strings } from './field.js';

/** One entry of `addons_helm`, a key of rke that RKE v1 does not have. */
export const helmRelease = object({
  name: field(string, { doc: 'Name of the release; required.', example: 'rancher' }),
  namespace: field(string, {
    doc: 'Namespace of the release; created if it does not exist, and never deleted.',
    default: 'default',
    example: 'cattle-system',
  }),
  chart: field(string, { doc: 'Name of the chart in `repo`.', example: 'rancher' }),
  repo: field(string, {
    doc: 'URL of the chart repository: http, https or oci.',
    details: 'Set either `repo` or `path`.',
    example: 'https://releases.rancher.com/server-charts/stable',
  }),
  path: field(string, {
    doc: 'Directory or archive (.tgz) of a chart on this machine, in place of `repo`.',
    example: './charts/team-a',
  }),
  version: field(string, {
    doc: 'Version of the chart in `repo`; set it, because without one each run uses the newest.',
    default: 'newest version',
    example: '2.9.2',
  }),
  values: field(anything, {
    doc: 'Values of the chart, a map; they override those of `values_files`.',
    example: '{ hostname: rancher.example.com, replicas: 3 }',
  }),
  values_files: field(strings, {
    doc: 'Files with values; a later one overrides an earlier one.',
    example: '[./values/rancher.yml]',
  }),
  api_versions: field(strings, {
    doc: 'API versions that the chart may take for installed, besides those of Kubernetes.',
    details: 'Those of CRDs in `addons_helm` are added without being listed.',
    example: '[monitoring.coreos.com/v1]',
  }),
  username: field(string, {
    doc: 'User name for a private `repo`.',
    details: 'For oci, the login of `helm registry login` is used if it is not set.',
    example: 'puller',
  }),
  password: field(string, { doc: 'Password for a private `repo`.', example: 'repo-secret' }),
});
