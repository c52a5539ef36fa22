import { fields, textLists, textMap, texts, text } from './field.js';

/** What every service has. */
export const serviceBase = {
  ...fields(text, {
    image: 'Means nothing: the images of services are set under system_images.',
  }),
  ...fields(textMap, {
    extra_args: {
      doc: 'Flags of the process without their dashes; one that is set here stands above the default of the same name.',
      example: '{ v: "4" }',
    },
    win_extra_args: {
      doc: 'Flags on Windows hosts; where any is set, they stand for extra_args.',
      example: '{ v: "4" }',
    },
  }),
  ...fields(textLists, {
    extra_args_array: {
      doc: 'Flags that are given several times, added to those that are there already.',
      since: 'RKE v1.3.12',
      example: '{ feature-gates: [A=true, B=true] }',
    },
    win_extra_args_array: {
      doc: 'Repeated flags on Windows hosts; where any is set, they stand for extra_args_array.',
      since: 'RKE v1.3.12',
      example: '{ feature-gates: [A=true, B=true] }',
    },
  }),
  ...fields(texts, {
    extra_binds: {
      doc: 'More directories of the host for the container, as source:target[:mode]; absolute, and no target that it has already.',
      example: '["/data/extra:/extra:ro"]',
    },
    extra_env: {
      doc: 'More variables of the container, each as NAME=value.',
      example: '["HTTP_PROXY=http://proxy:3128"]',
    },
    win_extra_binds: {
      doc: 'Folders on Windows hosts; where any is set, they stand for extra_binds.',
      example: "['c:\\data:c:\\data']",
    },
    win_extra_env: {
      doc: 'Variables on Windows hosts; where any is set, they stand for extra_env.',
      example: '["HTTP_PROXY=http://proxy:3128"]',
    },
  }),
};
