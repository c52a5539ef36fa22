import type { DiagnosticCode } from '../../core/codes/diagnostic-codes.js';
import { didYouMean } from '../../core/nearest.js';
import { booleanOf, numberOf, type YamlScalar } from '../../yaml/yaml-node.js';
import { schemaTypes as z } from './field.js';

/** What a message calls each kind of YAML node. */
export const kindNames = { scalar: 'a single value', map: 'a map', list: 'a list' } as const;

type ScalarReading =
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly message: string; readonly code?: DiagnosticCode };

/** What a message calls the scalar that a type expects. */
export function expectedScalar(type: z.ZodType): string {
  if (type instanceof z.ZodBoolean) return 'a boolean';
  if (type instanceof z.ZodNumber) return isInteger(type) ? 'an integer' : 'a number';
  return 'a string';
}

/** Reads a scalar as Go's yaml.v2 does: any scalar is a string, and an integer drops the fraction. */
export function readScalar(type: z.ZodType, node: YamlScalar, path: string): ScalarReading {
  if (type instanceof z.ZodEnum) return readChoice(type.options.map(String), node, path);
  if (type instanceof z.ZodBoolean) {
    const value = booleanOf(node);
    return value === undefined ? wrongScalar(type, node, booleanOf) : { ok: true, value };
  }
  if (!(type instanceof z.ZodNumber)) return { ok: true, value: node.text };
  const value = numberOf(node);
  if (value === undefined) return wrongScalar(type, node, numberOf);
  return { ok: true, value: isInteger(type) ? Math.trunc(value) : value };
}

function readChoice(options: readonly string[], node: YamlScalar, path: string): ScalarReading {
  if (options.includes(node.text)) return { ok: true, value: node.text };
  const what = path.includes('.role[') ? 'role' : 'value';
  const hint = didYouMean(node.text, options) || `; expected one of ${options.join(', ')}`;
  return { ok: false, message: `invalid ${what} "${node.text}"${hint}`, code: 'unknown-value' };
}

function wrongScalar(type: z.ZodType, node: YamlScalar, read: (node: YamlScalar) => unknown): ScalarReading {
  const expected = expectedScalar(type);
  return {
    ok: false,
    message:
      node.isQuoted && read({ ...node, isQuoted: false }) !== undefined
        ? `expected ${expected}, got the string "${node.text}"; remove the quotes`
        : `expected ${expected}, got "${node.text}"`,
  };
}

function isInteger(type: z.ZodNumber): boolean {
  return !type.safeParse(0.5).success;
}
