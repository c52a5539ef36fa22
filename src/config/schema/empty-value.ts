import { bare, schemaTypes as z } from './field.js';

/** What Go decodes a null to in a list or a map. */
export function emptyValueOf(schema: z.ZodType): unknown {
  const type = bare(schema);
  if (type instanceof z.ZodString) return '';
  if (type instanceof z.ZodArray) return [];
  return type instanceof z.ZodObject ? {} : null;
}

/** True for '', false, 0, and lists and maps of nothing else. */
export function isEmptyValue(value: unknown): boolean {
  if (value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmptyValue);
}
