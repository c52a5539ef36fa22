import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Cells of the table rows of a page, without the marks of code. */
function rowsOf(page: string): string[][] {
  return read(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| *-/.test(line))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('`', '').trim()),
    );
}

describe('docs/events.md', () => {
  it('lists every type of event with its fields, in the order of src/core/events.ts', () => {
    const documented = rowsOf('docs/events.md').map(([type, fields]) => [type, fields?.split(', ').sort()]);
    const declared = declaredEvents().map(({ type, fields }) => [type, [...fields].sort()]);
    expect(documented).toEqual(declared);
  });
});

/** The members of EventPayload: their `type` and fields, optional ones with a question mark. */
function declaredEvents(): { type: string; fields: string[] }[] {
  const source = ts.createSourceFile('events.ts', read('src/core/events.ts'), ts.ScriptTarget.Latest, true);
  const find = <Node extends ts.Node>(
    name: string,
    is: (node: ts.Node) => node is Node & { name: ts.Identifier },
  ): Node => {
    const found = source.statements.find(
      (node): node is typeof node & Node & { name: ts.Identifier } => is(node) && node.name.text === name,
    );
    if (found === undefined) throw new Error(`src/core/events.ts has no ${name}`);
    return found;
  };
  const ref = propertiesOf(find('OperationRef', ts.isInterfaceDeclaration).members);
  const payload = find('EventPayload', ts.isTypeAliasDeclaration).type;
  if (!ts.isUnionTypeNode(payload)) throw new Error('EventPayload is no union');
  return payload.types.map((member) => {
    const parts = partsOf(member);
    const own = parts.flatMap((part) => (ts.isTypeLiteralNode(part) ? propertiesOf(part.members) : ref));
    const type = own.find(([name]) => name === 'type')?.[1] ?? '';
    return {
      type: type.replaceAll("'", ''),
      fields: own.map(([name]) => name).filter((name) => name !== 'type'),
    };
  });
}

function partsOf(node: ts.TypeNode): ts.TypeNode[] {
  if (ts.isParenthesizedTypeNode(node)) return partsOf(node.type);
  return ts.isIntersectionTypeNode(node) ? node.types.flatMap(partsOf) : [node];
}

function propertiesOf(members: ts.NodeArray<ts.TypeElement>): [name: string, type: string][] {
  return members
    .filter(ts.isPropertySignature)
    .map((member) => [
      `${member.name.getText()}${member.questionToken === undefined ? '' : '?'}`,
      member.type?.getText() ?? '',
    ]);
}
