import { anything, field, fields, list, object, string, stringMap, integer } from './field.js';

/** The update strategy of an add-on. */
export const updateStrategy = object({
  strategy: field(string, {
    doc: 'RollingUpdate, Recreate or OnDelete.',
    default: 'RollingUpdate',
    example: 'RollingUpdate',
  }),
  rollingUpdate: field(
    object({
      maxUnavailable: field(anything, {
        doc: 'Pods that may be unavailable during the update, as a number or a percentage.',
        example: '1',
      }),
      maxSurge: field(anything, {
        doc: 'Additional pods during the update, as a number or a percentage; Deployments only.',
        example: '25%',
      }),
    }),
    { json: 'rollingUpdate', doc: 'Limits of a rolling update.', anyCase: true },
  ),
  // Go accepts these keys but ignores their values.
  rollingupdate: field(
    object(
      fields(object({}), {
        maxunavailable: 'No effect: use rollingUpdate.maxUnavailable.',
        maxsurge: 'No effect: use rollingUpdate.maxSurge.',
      }),
    ),
    { json: 'rollingUpdate', doc: 'Misspelling whose values have no effect: use rollingUpdate.' },
  ),
});

/** Tolerations of the pods of an add-on. */
export const tolerations = list(
  object({
    key: field(string, { doc: 'Name of the taint.', example: 'dedicated' }),
    operator: field(string, {
      doc: 'Equal, or Exists to match any value.',
      default: 'Equal',
      example: 'Exists',
    }),
    value: field(string, { doc: 'Value of the taint.', example: 'database' }),
    effect: field(string, {
      doc: 'Effect of the taint; all effects if not set.',
      example: 'NoSchedule',
    }),
    tolerationseconds: field(integer, {
      json: 'tolerationSeconds',
      doc: 'Seconds that a pod stays despite NoExecute; the key is all lower case.',
      example: '300',
    }),
  }),
);

export const tolerationsExample = '[{ key: dedicated, operator: Exists, effect: NoSchedule }]';

/** The key that selects the nodes of the pods of an add-on. */
export function nodeSelector(addon: string) {
  return field(stringMap, {
    doc: `Labels of the nodes that ${addon} runs on.`,
    example: '{ disk: ssd }',
  });
}
