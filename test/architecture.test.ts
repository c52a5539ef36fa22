import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { impuritiesOf, importsOf, type Import } from './tools/imports.js';

/** The rules of docs/architecture.md, as data. */
const pure = ['core', 'yaml', 'kubeconfig', 'config', 'versions', 'pki', 'plan', 'reconcile'] as const;
const adapters = ['host', 'kube', 'etcd', 's3', 'state', 'report'] as const;
const layers = [...pure, 'execute', ...adapters, 'run', 'commands', 'cli'] as const;
type Layer = (typeof layers)[number];

/** Layers that a layer may import, besides itself. */
const mayImport: Readonly<Record<Layer, readonly Layer[]>> = {
  core: [],
  yaml: ['core'],
  kubeconfig: ['core', 'yaml'],
  versions: ['core'],
  config: ['core', 'yaml', 'kubeconfig', 'versions'],
  pki: ['core', 'kubeconfig', 'config', 'versions'],
  plan: ['core', 'yaml', 'config', 'versions', 'pki'],
  reconcile: ['core', 'config', 'versions', 'pki', 'plan'],
  execute: pure,
  host: ['core'],
  kube: ['core'],
  etcd: ['core'],
  s3: ['core'],
  state: ['core'],
  report: ['core'],
  run: [...pure, 'execute', ...adapters],
  commands: [...pure, 'execute', ...adapters, 'run'],
  cli: layers,
};

/** The types of adapters' interfaces: what is observed of a host is described there. Elsewhere, they are for adapters. */
const interfaces = ['host/host.ts', 'kube/kube.ts', 'etcd/etcd.ts', 's3/s3.ts', 'state/cluster-state.ts'];

/** What may be imported as a type alone. */
function mayImportType(from: Layer, to: string): boolean {
  if (isAdapter(from)) return isPure(layerOf(to)) || interfaces.includes(to);
  if (from === 'execute') return interfaces.includes(to);
  // Pure layers compare with what was observed; they never call a host.
  if (from === 'plan' || from === 'reconcile') return ['host/host.ts', 'etcd/etcd.ts'].includes(to);
  // The schema says where values come from; the catalogue says which versions a rule may allow.
  return from === 'versions' && layerOf(to) === 'config';
}

/** Single files that adapters share with the pure layers as values, because one definition must serve both. */
const sharedValues = ['plan/addons/object-ref.ts'];

/** Node modules without effects. Everything else of `node:` is for adapters and cli. */
const pureNodeModules = ['node:buffer', 'node:crypto', 'node:path', 'node:util'];
/** Of node:crypto, keys and chance belong to the one file that the others are given. */
const keyFactory = 'pki/key-factory.ts';
/** The one timer of the program. It is in core, because every layer with effects needs it; pure layers do not use it. */
const deadlines = 'core/deadline.ts';

/** Libraries that a folder of files may import instead of one file: a schema and a command line are many files. */
const severalImporters: Readonly<Record<string, string>> = { zod: 'config/schema/', commander: 'cli/' };

const root = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort();
const sources = new Map(files.map((file) => [file, readFileSync(`${root}${file}`, 'utf8')]));
const imports = new Map([...sources].map(([file, text]) => [file, importsOf(file, text)]));
const all = [...imports].flatMap(([file, found]) => found.map((one) => ({ file, ...one })));

function isPure(layer: Layer): boolean {
  return (pure as readonly Layer[]).includes(layer);
}

function isAdapter(layer: Layer): boolean {
  return (adapters as readonly Layer[]).includes(layer);
}

function layerOf(file: string): Layer {
  // src/index.ts is the library's face, as cli is the command's.
  const layer = file.includes('/') ? file.split('/')[0] : 'cli';
  const known = layers.find((name) => name === layer);
  if (known === undefined) throw new Error(`src/${file} is in no layer that test/architecture.test.ts knows`);
  return known;
}

/** The file of src/ that is imported, or undefined for a library. */
function targetOf(file: string, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.join(dirname(file), specifier).replace(/\.js$/, '.ts') : undefined;
}

function isAllowed(file: string, target: string, { typeOnly }: Import): boolean {
  const from = layerOf(file);
  const to = layerOf(target);
  if (from === to || mayImport[from].includes(to)) return true;
  if (isAdapter(from) && sharedValues.includes(target)) return true;
  return typeOnly && mayImportType(from, target);
}

describe('architecture', () => {
  it('lets imports point one way only', () => {
    const wrong = all.flatMap(({ file, ...one }) => {
      const target = targetOf(file, one);
      if (target === undefined || target.startsWith('..') || isAllowed(file, target, one)) return [];
      return [`${file} imports ${one.typeOnly ? 'types of ' : ''}${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('has no cycle', () => {
    const graph = new Map(
      [...imports].map(([file, found]) => [file, found.flatMap((one) => targetOf(file, one) ?? [])]),
    );
    expect(cyclesOf(graph)).toEqual([]);
  });

  it('lets imports between rooms of a layer point one way', () => {
    const rooms = new Map<string, string[]>();
    for (const { file, ...one } of all) {
      const [from, to] = roomsOf(dirname(file), dirname(targetOf(file, one) ?? file));
      if (from !== undefined && to !== undefined) rooms.set(from, [...(rooms.get(from) ?? []), to]);
    }
    expect([...new Set(cyclesOf(rooms))]).toEqual([]);
  });

  it('imports each library in one file', () => {
    const importers = new Map<string, Set<string>>();
    for (const { file, specifier } of all) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      const library = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      const folder = severalImporters[library];
      const place = folder !== undefined && file.startsWith(folder) ? folder : file;
      importers.set(library, (importers.get(library) ?? new Set()).add(place));
    }
    const several = [...importers].filter(([, places]) => places.size > 1);
    expect(several.map(([library, places]) => `${library}: ${[...places].join(', ')}`)).toEqual([]);
    expect([...(importers.get('p-limit') ?? [])]).toEqual(['core/limit.ts']);
  });

  it('imports Node modules by their full name', () => {
    const short = all.filter(({ specifier }) =>
      /^(fs|net|http|https|path|os|crypto|util|child_process)(\/|$)/.test(specifier),
    );
    expect(short.map(({ file, specifier }) => `${file}: ${specifier}`)).toEqual([]);
  });
});

describe('pure layers', () => {
  const pureFiles = files.filter((file) => isPure(layerOf(file)));

  it('import no module that has effects', () => {
    const wrong = all.filter(
      ({ file, specifier }) =>
        pureFiles.includes(file) &&
        file !== deadlines &&
        specifier.startsWith('node:') &&
        !pureNodeModules.includes(specifier),
    );
    expect(wrong.map(({ file, specifier }) => `${file}: ${specifier}`)).toEqual([]);
  });

  it('take of node:crypto what gives the same every time', () => {
    const wrong = all.filter(
      ({ file, specifier, names }) =>
        specifier === 'node:crypto' &&
        pureFiles.includes(file) &&
        file !== keyFactory &&
        names.some((name) => /^(\*|default|generate|random|webcrypto|getRandom)/.test(name)),
    );
    expect(wrong.map(({ file, names }) => `${file}: ${names.join(', ')}`)).toEqual([]);
  });

  it('do not wait', () => {
    const wrong = all.filter(
      ({ file, ...one }) => pureFiles.includes(file) && targetOf(file, one) === deadlines,
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('ask neither the clock, nor chance, nor the process', () => {
    const wrong = pureFiles
      .filter((file) => file !== deadlines)
      .flatMap((file) => impuritiesOf(file, sources.get(file) ?? '').map((found) => `${file}: ${found}`));
    expect(wrong).toEqual([]);
  });
});

/**
 * The two rooms of one layer that an import connects: the directories in which the paths part. Nothing between a
 * directory and one below it, because the files of a directory are the foundation and the face of its rooms.
 */
function roomsOf(from: string, to: string): [from?: string, to?: string] {
  const [a, b] = [from.split('/'), to.split('/')];
  const at = a.findIndex((part, index) => part !== b[index]);
  if (at < 1 || b[at] === undefined) return [];
  return [a.slice(0, at + 1).join('/'), b.slice(0, at + 1).join('/')];
}

/** Every cycle that a walk in depth comes upon, as the files along it. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
