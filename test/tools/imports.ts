import ts from 'typescript';

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly specifier: string;
  /** True if the import only exists until compilation. */
  readonly typeOnly: boolean;
  /** Imported names; `*` for all. */
  readonly names: readonly string[];
}

/** All imports of a source text, including types and dynamic imports. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  walk(parse(file, text), (node) => {
    const one = importOf(node);
    if (one !== undefined) found.push(one);
  });
  return found;
}

/** Uses of the clock, randomness, the environment or the network through globals in a source text. */
export function impuritiesOf(file: string, text: string): string[] {
  const found: string[] = [];
  walk(parse(file, text), (node) => {
    const impurity = impurityOf(node);
    if (impurity !== undefined) found.push(impurity);
  });
  return found;
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node))
    return declared(
      node.moduleSpecifier,
      node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
      importedNames(node),
    );
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
    return declared(node.moduleSpecifier, node.isTypeOnly, ['*']);
  // import('…') as a call, and as a type.
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return declared(node.arguments[0], false, ['*']);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return declared(node.argument.literal, true, ['*']);
  return undefined;
}

function declared(
  specifier: ts.Node | undefined,
  typeOnly: boolean,
  names: readonly string[],
): Import | undefined {
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, typeOnly, names }
    : undefined;
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  return [
    ...(importClause?.name === undefined ? [] : ['default']),
    ...(bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? ['*']
        : bindings.elements.map((element) => (element.propertyName ?? element.name).text)),
  ];
}

const impureGlobals = new Set([
  'process',
  'performance',
  'console',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'globalThis',
  'require',
]);

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return text === 'Date.now' || text === 'Math.random' ? text : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0)
    return 'new Date()';
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  return ts.isIdentifier(node) && impureGlobals.has(node.text) && isValueOfItsOwn(node)
    ? node.text
    : undefined;
}

/** True if the name is read, not the name of a field, a parameter or a declaration. */
function isValueOfItsOwn(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return true;
  return ts.isElementAccessExpression(parent) && parent.expression === node;
}
