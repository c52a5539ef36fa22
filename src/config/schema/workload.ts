import { anything, field, fields, list, object, text, textMap, whole, type FieldMeta } from './field.js';

/** How the pods of an add-on are replaced. */
export const updateStrategy = object({
  strategy: field(text, {
    doc: 'RollingUpdate, Recreate or OnDelete.',
    default: 'RollingUpdate',
    example: 'RollingUpdate',
  }),
  rollingUpdate: field(
    object({
      maxUnavailable: field(anything, {
        doc: 'How many pods may be missing meanwhile, as a number or a percentage.',
        example: '1',
      }),
      maxSurge: field(anything, {
        doc: 'How many pods more there may be meanwhile, as a number or a percentage; Deployments only.',
        example: '25%',
      }),
    }),
    { json: 'rollingUpdate', doc: 'How many pods are replaced at once.', anyCase: true },
  ),
  // Go takes these keys but none of their values.
  rollingupdate: field(
    object(
      fields(object({}), {
        maxunavailable: 'Takes no value: write rollingUpdate and maxUnavailable.',
        maxsurge: 'Takes no value: write rollingUpdate and maxSurge.',
      }),
    ),
    { json: 'rollingUpdate', doc: 'A spelling whose keys take no values: write rollingUpdate.' },
  ),
});

/** Taints that the pods of an add-on tolerate. */
export const tolerations = list(
  object({
    key: field(text, { doc: 'Name of the taint.', example: 'dedicated' }),
    operator: field(text, { doc: 'Equal, or Exists for any value.', default: 'Equal', example: 'Exists' }),
    value: field(text, { doc: 'Value of the taint.', example: 'database' }),
    effect: field(text, {
      doc: 'Effect of the taint; all effects where none is given.',
      example: 'NoSchedule',
    }),
    tolerationseconds: field(whole, {
      json: 'tolerationSeconds',
      doc: 'Seconds that a pod may stay in spite of NoExecute; all in lower case.',
      example: '300',
    }),
  }),
);

export const tolerationsExample = '[{ key: dedicated, operator: Exists, effect: NoSchedule }]';

/** The key that says on which nodes the pods of an add-on run. */
export function nodeSelector(what: string, more: Pick<FieldMeta, 'pending'> = {}) {
  return field(textMap, {
    doc: `Labels of the nodes that ${what} runs on.`,
    example: '{ disk: ssd }',
    ...more,
  });
}
