/** A section of an INI file, with its names and values in order. */
export interface IniSection {
  readonly name: string;
  readonly entries: readonly (readonly [name: string, value: unknown])[];
}

/**
 * Renders INI the same as go-ini's reflection (gopkg.in/ini.v1): empty values are omitted, names are padded to the longest of
 * their section, an empty line follows each section. Only a value with a newline or a backquote is quoted, because RKE uses
 * `IgnoreInlineComment` (cloudprovider/openstack/openstack.go:43).
 */
export function renderIni(sections: readonly IniSection[]): string {
  return sections.map(renderSection).join('');
}

function renderSection({ name, entries }: IniSection): string {
  const set = entries.filter(([, value]) => !isEmpty(value));
  const width = Math.max(0, ...set.map(([key]) => key.length));
  const lines = set.map(([key, value]) => `${key.padEnd(width)} = ${quoteValue(String(value))}\n`);
  return `[${name}]\n${lines.join('')}\n`;
}

function quoteValue(value: string): string {
  return /[\n`]/.test(value) ? `"""${value}"""` : value;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false || value === 0;
}
