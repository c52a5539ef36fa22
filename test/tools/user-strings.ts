import ts from 'typescript';

/** A text that may reach a user. */
export interface UserString {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * Every string and template of a source text that may reach a user: all that contain white space, except those never
 * shown (import specifiers, keys, literal types). `${…}` of a template is `…`. Single words are identifiers, as a rule.
 */
export function userStringsOf(file: string, text: string): UserString[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: UserString[] = [];
  const visit = (node: ts.Node): void => {
    const shown = textOf(node);
    if (shown !== undefined && !isNeverShown(node) && /\s/.test(shown.trim()))
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: shown });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
    : undefined;
}

function isNeverShown(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent))
    return true;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isElementAccessExpression(parent)) &&
    (ts.isElementAccessExpression(parent) ? parent.argumentExpression : parent.name) === node
  );
}
