import type { Diagnostic, Position } from '../core/diagnostic.js';
import type { SyntaxFailure } from './build-tree.js';

type Mark = SyntaxFailure['mark'];

/** Explains why the parser rejects a text. Common causes get a message of their own instead of the parser's. */
export function syntaxDiagnostic(text: string, { mark, reason }: SyntaxFailure): Diagnostic {
  const lines = text.split(/\r\n|\r|\n/);
  const conflict = lines.findIndex((line) => /^(<{7}|>{7}) /.test(line));
  if (conflict >= 0) return invalidYaml('unresolved git merge conflict', { line: conflict + 1, column: 1 });
  return invalidYaml(
    `${invalidStart(lines, mark) ?? reason}${missingSpace(lines, mark)}`,
    mark === undefined ? undefined : { line: mark.line + 1, column: mark.column + 1 },
  );
}

function invalidYaml(cause: string, position: Position | undefined): Diagnostic {
  return {
    severity: 'error',
    code: 'yaml-syntax',
    path: '',
    ...(position === undefined ? {} : { position }),
    message: `invalid YAML: ${cause}`,
  };
}

/** A placeholder that nobody filled in (`@IP@`, `%ip%`), which the parser reports as bad indentation. */
function invalidStart(lines: readonly string[], mark: Mark): string | undefined {
  const rest = lines[mark?.line ?? 0]?.slice(mark?.column ?? 0) ?? '';
  return /^[@%`]/.test(rest) ? `a value cannot start with ${rest[0] ?? ''}; quote it` : undefined;
}

/** `cluster_name:prod` is one word, so the parser reports the line after it. */
function missingSpace(lines: readonly string[], mark: Mark): string {
  for (const index of [(mark?.line ?? 0) - 1, mark?.line ?? 0]) {
    const [, key, value = ''] = /^\s*(?:- )?([A-Za-z][\w.-]*):([^\s:].*)$/.exec(lines[index] ?? '') ?? [];
    if (key !== undefined && !value.startsWith('//'))
      return `; add a space after the colon on line ${index + 1}: ${key}: ${value}`;
  }
  return '';
}
