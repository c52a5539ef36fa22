import { isRecord } from './stable.js';

/** JSON of a foreign shape that may be incomplete, such as the status of a Kubernetes object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads the JSON object in a text. @returns undefined if there is something else */
export function readFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object at a field, empty if there is none. */
export function recordAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : {};
}

/** The objects of the list at a field. */
export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The string at a field, '' if there is none. */
export function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** The number at a field. */
export function numberAt(fields: Fields, name: string, otherwise = 0): number {
  const value = fields[name];
  return typeof value === 'number' ? value : otherwise;
}
