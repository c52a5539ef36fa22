import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** docs/library.md, from the exports of src/index.ts and their types. */
export function libraryDoc(): string {
  const { checker, exported } = readExports();
  const functions = exported.filter(({ symbol }) => (symbol.flags & ts.SymbolFlags.Function) !== 0);
  const shared = propertiesOf(checker, typeNamed(checker, exported, 'ClusterOptions'));
  const sharedNames = new Set(shared.map(({ name }) => name));
  const sections = functions.map(({ name, note, symbol }) => {
    const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    if (signature === undefined) throw new Error(`${name} has no signature`);
    const options = signature.parameters
      .map((parameter) => checker.getTypeOfSymbol(parameter))
      .filter((type) => /Options$/.test(checker.typeToString(type)))
      .flatMap((type) => propertiesOf(checker, type))
      .filter((property) => !sharedNames.has(property.name));
    return [
      `### \`${name}\``,
      fence(`function ${name}${checker.signatureToString(signature, undefined, typeFormat)}`),
      documentation(checker, symbol) || note,
      ...throwsOf(symbol).map((text) => `Throws: ${text}`),
      ...(options.length === 0 ? [] : [list(checker, options)]),
    ].join('\n\n');
  });
  return `# Library

\`\`\`ts
import { createEventHub, up } from 'rke';

const events = createEventHub([{ onEvent: (event) => console.log(event.type), close: () => undefined }]);
const { kubeconfig } = await up({ configPath: 'cluster.yml', events, signal: new AbortController().signal });
\`\`\`

Every command of \`rke\` is a function. A run reports its progress as [events](events.md) and stops when its \`signal\` is aborted, like after
Ctrl-C. An error is an \`RkeError\` with a \`code\` and an \`exitCode\` ([errors.md](errors.md)), a \`fix\`, and the \`host\` if it is about one; a
\`ConfigError\` has all faults of cluster.yml as \`diagnostics\`, a \`RunFailedError\` all \`failures\`. Nothing is printed, and the process is
not ended. [library-use.ts](../examples/library-use.ts) is a complete program.

Only what \`rke\` itself exports is stable. The page is made from the types in the program (src/index.ts) and checked by a test.

## Hosts without SSH

A program can bring its own way to hosts: \`transport\` in the options of a command. It connects to a host by the address in cluster.yml,
and the connection runs commands and opens TCP and unix sockets there. Every call has the limits of an SSH connection. \`localTransport\`
reaches the machine itself ([local.md](local.md)).

${fence(declarationOf(exported, 'Transport'))}

${fence(declarationOf(exported, 'TransportConnection'))}

## Options of all commands that contact hosts

${list(checker, shared)}

## Functions

${sections.join('\n\n')}
`;
}

interface Export {
  readonly name: string;
  /** Comment of the export in src/index.ts. */
  readonly note: string;
  readonly symbol: ts.Symbol;
}

function readExports(): { readonly checker: ts.TypeChecker; readonly exported: readonly Export[] } {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([`${root}src/index.ts`], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(`${root}src/index.ts`);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (source === undefined || module === undefined) throw new Error('src/index.ts exports nothing');
  return {
    checker,
    exported: checker.getExportsOfModule(module).map((symbol) => ({
      name: symbol.name,
      note: noteOf(symbol, source),
      symbol: (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
    })),
  };
}

function noteOf({ declarations = [] }: ts.Symbol, source: ts.SourceFile): string {
  const statement = ts.findAncestor(declarations[0], ts.isExportDeclaration);
  const [comment] =
    statement === undefined ? [] : (ts.getLeadingCommentRanges(source.text, statement.pos) ?? []);
  if (comment === undefined) return '';
  return source.text
    .slice(comment.pos + 3, comment.end - 2)
    .replace(/\s*\n\s*\*\s?/g, ' ')
    .trim();
}

function typeNamed(checker: ts.TypeChecker, exported: readonly Export[], wanted: string): ts.Type {
  return checker.getDeclaredTypeOfSymbol(symbolNamed(exported, wanted));
}

function symbolNamed(exported: readonly Export[], wanted: string): ts.Symbol {
  const found = exported.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`src/index.ts does not export ${wanted}`);
  return found.symbol;
}

function declarationOf(exported: readonly Export[], name: string): string {
  const [declaration] = symbolNamed(exported, name).declarations ?? [];
  return declaration?.getText().replace(/^export /, '') ?? '';
}

/** Members of an object type of this program; none of a string, a signal and the like. */
function propertiesOf(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  return checker
    .getPropertiesOfType(checker.getNonNullableType(type))
    .filter((property) =>
      property.declarations?.every((declaration) =>
        declaration.getSourceFile().fileName.startsWith(`${root}src/`),
      ),
    );
}

function list(checker: ts.TypeChecker, properties: readonly ts.Symbol[]): string {
  return properties
    .map((property) => {
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const text = documentation(checker, property);
      const type = checker.typeToString(
        checker.getNonNullableType(checker.getTypeOfSymbol(property)),
        undefined,
        typeFormat,
      );
      return `- \`${property.name}${isOptional ? '?' : ''}: ${type}\`${text === '' ? '' : `: ${text}`}`;
    })
    .join('\n');
}

function documentation(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s*\n\s*/g, ' ');
}

function throwsOf(symbol: ts.Symbol): string[] {
  return symbol
    .getJsDocTags()
    .filter(({ name }) => name === 'throws')
    .map(({ text }) => ts.displayPartsToString(text).replace(/\s*\n\s*/g, ' '));
}

const fence = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``;

const typeFormat = ts.TypeFormatFlags.NoTruncation;
