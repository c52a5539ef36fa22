/** A document with a value at a path of the schema: `nodes[].labels`, `…service_override.<name>.url`. */
export function documentAt(path: string, value: string): string {
  if (path === '') return value;
  const [, head = '', , rest = ''] = /^((\[\]|[^.[\]]+))\.?(.*)$/.exec(path) ?? [];
  const inner = documentAt(rest, value);
  return head === '[]' ? `[ ${inner} ]` : `{ "${head}": ${inner} }`;
}
