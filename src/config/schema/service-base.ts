import { fields, stringLists, stringMap, strings, string } from './field.js';

/** Keys that every service has (RKE types/rke_types.go BaseService). */
export const serviceBase = {
  ...fields(string, {
    image: 'No effect; set the image under system_images.',
  }),
  ...fields(stringMap, {
    extra_args: {
      doc: 'Command-line flags without dashes; each overrides the default of the same name.',
      example: '{ v: "4" }',
    },
    win_extra_args: {
      doc: 'Flags on Windows hosts; if any is set, they replace extra_args.',
      example: '{ v: "4" }',
    },
  }),
  ...fields(stringLists, {
    extra_args_array: {
      doc: 'Flags to pass several times, in addition to the others.',
      since: 'RKE v1.3.12',
      example: '{ feature-gates: [A=true, B=true] }',
    },
    win_extra_args_array: {
      doc: 'The same on Windows hosts; if any is set, they replace extra_args_array.',
      since: 'RKE v1.3.12',
      example: '{ feature-gates: [A=true, B=true] }',
    },
  }),
  ...fields(strings, {
    extra_binds: {
      doc: 'More bind mounts, as source:target[:mode] with absolute paths and unused targets.',
      example: '["/data/extra:/extra:ro"]',
    },
    extra_env: {
      doc: 'More environment variables, each as NAME=value.',
      example: '["HTTP_PROXY=http://proxy:3128"]',
    },
    win_extra_binds: {
      doc: 'Bind mounts on Windows hosts; if any is set, they replace extra_binds.',
      example: "['c:\\data:c:\\data']",
    },
    win_extra_env: {
      doc: 'Environment variables on Windows hosts; if any is set, they replace extra_env.',
      example: '["HTTP_PROXY=http://proxy:3128"]',
    },
  }),
};
