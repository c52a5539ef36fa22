/** A section of an INI file: names and values in order. */
export interface IniSection {
  readonly name: string;
  readonly entries: readonly (readonly [name: string, value: unknown])[];
}

/**
 * INI as go-ini writes what it reflects (gopkg.in/ini.v1): empty values left out, names of a section as wide as its longest,
 * an empty line behind each section. Only a newline or a backquote puts a value in quotes: RKE reads with `IgnoreInlineComment`
 * (cloudprovider/openstack/openstack.go:43).
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
