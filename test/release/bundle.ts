import { build as bundle, transform, type Metafile, type Plugin } from 'esbuild';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a standalone executable runs: bin/rke.js without a file beside it. */
const entry = `import { main } from './src/cli/main.ts';
void main(process.argv.slice(2)).then((code) => { process.exitCode = code; });`;

export interface Bundle {
  /** CommonJS by file name; `main.js` is the entry. The others are loaded when they are needed. */
  readonly chunks: ReadonlyMap<string, string>;
  /** The chunks that are loaded before a command is known. */
  readonly atStart: readonly string[];
  /** Directories of the npm packages in it, relative to the repository. */
  readonly packages: readonly string[];
}

/**
 * The whole program, with its dependencies, as CommonJS chunks. The same sources give the same bytes, wherever the repository
 * is: names are relative, and nothing depends on the time.
 */
export async function bundleProgram(): Promise<Bundle> {
  const { outputFiles, metafile } = await bundle({
    stdin: { contents: entry, resolveDir: root, sourcefile: 'main.ts', loader: 'ts' },
    absWorkingDir: root,
    outdir: 'chunks',
    entryNames: 'main',
    bundle: true,
    // esbuild splits ES modules only; each chunk becomes CommonJS afterwards, because the executable's main script is.
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'error',
    plugins: [withoutNatives, withoutBuildKit],
    define: { 'import.meta.url': 'undefined' },
  });
  const chunks = new Map<string, string>();
  for (const { path, text } of outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    chunks.set(basename(path), await toCommonJs(text));
  return { chunks, atStart: listAtStart(metafile), packages: listPackages(metafile) };
}

async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
  });
  return code;
}

/** Compiled parts that ssh2 uses if they exist. It does the same in JavaScript. */
const withoutNatives: Plugin = {
  name: 'without-natives',
  setup: (build) => {
    build.onResolve({ filter: /\.node$|^cpu-features$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** dockerode loads gRPC to build images with BuildKit, which rke never does. */
const withoutBuildKit: Plugin = {
  name: 'without-buildkit',
  setup: (build) => {
    build.onResolve({ filter: /^@grpc\// }, ({ path }) => ({ path, namespace: 'without-buildkit' }));
    build.onLoad({ filter: /.*/, namespace: 'without-buildkit' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

function listAtStart({ outputs }: Metafile): string[] {
  const found = new Set(['chunks/main.js']);
  for (const path of found)
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && imported in outputs) found.add(imported);
  return [...found].map((path) => basename(path)).sort();
}

function listPackages({ inputs }: Metafile): string[] {
  const found = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(found)].sort();
}
