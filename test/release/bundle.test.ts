import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectAssets } from './assets.js';
import { bundleProgram, type Bundle } from './bundle.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the program inside an executable', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleProgram();
  });

  it('names no directory of the machine that made it', () => {
    const wrong = [...bundle.chunks].filter(([, code]) =>
      [root, homedir()].some((path) => code.includes(`${path}/`)),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('requires only itself and Node', () => {
    // ssh2 tries these, and goes on without them.
    const natives = ['./crypto/build/Release/sshcrypto.node', 'cpu-features'];
    const wrong = [...bundle.chunks].flatMap(([name, code]) =>
      [...code.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)]
        .map(([, id = '']) => id)
        .filter((id) => !isBuiltin(id) && !bundle.chunks.has(id.replace('./', '')) && !natives.includes(id))
        .map((id) => `${name}: ${id}`),
    );
    expect(wrong).toEqual([]);
  });

  it('loads neither SSH, Docker, certificates nor schemas before it knows the command', () => {
    const atStart = bundle.atStart.map((name) => bundle.chunks.get(name) ?? '').join('\n');
    expect(atStart.length).toBeLessThan(500_000);
    expect(atStart).toContain('turn Linux hosts with Docker into a Kubernetes cluster');
  });

  it('has every data file that the program reads', async () => {
    const assets = await collectAssets(bundle);
    const catalogue = readFileSync(`${root}src/run/catalog/catalog-file.ts`, 'utf8');
    const read = [...catalogue.matchAll(/readData\('(.+?)'\)/g)].map(
      ([, name]) => `versions/data/${name}.json`,
    );
    expect(read.length).toBeGreaterThan(5);
    expect([...assets.keys()]).toEqual(expect.arrayContaining(['package.json', 'chunks/main.js', ...read]));
    expect(assets.get('versions/data/own-images.json')).toBe(
      readFileSync(`${root}src/versions/data/own-images.json`, 'utf8'),
    );
  });
});

it('reads files that are part of the program in one way only', () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const readers = files.filter((path) => readFileSync(`${root}src/${path}`, 'utf8').includes('import.meta'));
  expect(readers).toEqual(['run/program-file.ts']);
});
