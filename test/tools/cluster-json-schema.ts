import { cluster } from '../../src/config/schema/cluster.js';
import { bare, metaOf, schemaTypes as z } from '../../src/config/schema/field.js';
import { load } from 'js-yaml';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * docs/cluster.schema.json, generated from the schema for completion and validation in editors. It accepts everything that the
 * reader accepts: editors parse YAML 1.2, in which `yes` and `1_000` are strings, so it accepts such strings as well.
 */
export function clusterJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cluster.yml',
    description: 'A Kubernetes cluster created by RKE.',
    ...schemaOf(cluster, false),
    // Keys that only contain anchors.
    patternProperties: { '^(\\.|x-)': {} },
  };
}

/** @param anyCase keys may be written in any case, which JSON Schema cannot express: all keys are accepted */
function schemaOf(schema: z.ZodType, anyCase: boolean): JsonSchema {
  const type = bare(schema);
  if (type instanceof z.ZodObject)
    return {
      type: ['object', 'null'],
      properties: Object.fromEntries(
        Object.entries(type.shape as Record<string, z.ZodType>).map(([key, field]) => [
          key,
          keySchema(field, anyCase),
        ]),
      ),
      additionalProperties: anyCase,
    };
  if (type instanceof z.ZodRecord)
    return { type: ['object', 'null'], additionalProperties: schemaOf(type.valueType as z.ZodType, anyCase) };
  if (type instanceof z.ZodArray)
    return { type: ['array', 'null'], items: schemaOf(type.element as z.ZodType, anyCase) };
  if (type instanceof z.ZodEnum) return { enum: [...type.options, null] };
  if (type instanceof z.ZodBoolean) return booleanSchema;
  if (type instanceof z.ZodNumber) return numberSchema;
  return type instanceof z.ZodString ? { type: ['string', 'number', 'boolean', 'null'] } : {};
}

function keySchema(field: z.ZodType, anyCaseAbove: boolean): JsonSchema {
  const { doc, details, default: standard, since, example, pending, retired, anyCase } = metaOf(bare(field));
  const description = [
    pending === true ? 'Not supported yet.' : '',
    doc ?? '',
    details ?? '',
    standard === undefined ? '' : `Default: ${standard}.`,
    since === undefined ? '' : `Since ${since}.`,
  ];
  return {
    description: description.filter((part) => part !== '').join(' '),
    ...(example === undefined ? {} : { examples: [load(example)] }),
    ...(retired === undefined ? {} : { deprecationMessage: `Retired, has no effect: ${retired}.` }),
    ...schemaOf(field, anyCaseAbove || anyCase === true),
  };
}

/** The YAML 1.1 spellings that YAML 1.2 reads as strings. */
const booleanSchema = {
  type: ['boolean', 'string', 'null'],
  pattern: '^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$',
};

/** Go drops the fraction, so an integer may have one. */
const numberSchema = {
  type: ['number', 'string', 'null'],
  pattern: '^[-+]?(0b[01_]+|0[xo][0-9a-fA-F_]+|[0-9.]+_[0-9_.]*([eE][-+]?[0-9]+)?)$',
};
