import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/schema/parse-config.js';
import { flat, schemaKeys } from '../../tools/schema-keys.js';
import { documentAt } from '../../tools/schema-path.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
const isValid = new Ajv({ allErrors: true }).compile(JSON.parse(read('docs/cluster.schema.json')) as object);

/** Errors that an editor shows: it reads YAML 1.2, with merges. */
function shownIn(text: string): string[] {
  const schema = CORE_SCHEMA.withTags(mergeTag);
  isValid(load(text, { schema }) ?? null);
  return (isValid.errors ?? []).map(({ dataPath, message = '' }) => `${dataPath} ${message}`);
}

/** Errors that rke reports. */
function mistakesIn(text: string): string[] {
  const parsed = parseConfig(text);
  const all = parsed.ok ? parsed.value.diagnostics : parsed.diagnostics;
  return all.filter(({ severity }) => severity === 'error').map(({ path, message }) => `${path}: ${message}`);
}

describe('docs/cluster.schema.json', () => {
  it.each(['examples/minimal.yml', 'examples/demo/cluster.yml'])('accepts %s', (path) => {
    expect(shownIn(read(path))).toEqual([]);
  });

  const plans = 'test/fixtures/vectors/plans/';
  const accepted = readdirSync(fileURLToPath(new URL(plans, root)))
    .filter((name) => name.endsWith('.yml') && !/^\d+-(odd|reject)-/.test(name))
    .map((name) => [name, read(`${plans}${name}`)] as const);

  it('accepts the cluster files that RKE accepts', () => {
    expect(accepted.length).toBeGreaterThan(100);
    expect(accepted.filter(([, text]) => shownIn(text).length > 0)).toEqual([]);
  });

  it.each(['ssh_agent_auth', 'addon_job_timeout', 'cluster_name', 'addons_include', 'services', 'nodes'])(
    'accepts what the reader accepts for %s',
    (key) => {
      const spellings =
        '~ null true True yes Y on OFF n 1 -1 5.5 1e3 0x1F 0o17 010 1_000 0b11 +7 .5 text 2024-01-01 [] [a,1] {} "" " "';
      const taken = spellings.split(/ (?!")/).filter((value) => mistakesIn(`${key}: ${value}`).length === 0);
      expect(taken.length).toBeGreaterThan(1);
      expect(taken.filter((value) => shownIn(`${key}: ${value}`).length > 0)).toEqual([]);
    },
  );

  it.each([
    'ssh_agent_auth: "true"',
    'addon_job_timeout: "60"',
    'addon_job_timeout: soon',
    'nodes: [{ role: etcd }]',
    'nodes: [{ role: [controller] }]',
    'cluster_name: [a]',
    'services: { kubelet: { fail_swap: true } }',
    'clustername: a',
  ])('rejects %s, as the reader does', (text) => {
    expect(shownIn(text)).not.toEqual([]);
    expect(mistakesIn(text)).not.toEqual([]);
  });

  it('accepts anchor keys, merges and retired keys', () => {
    const text =
      'x-node: &n { user: ops }\n.any: 1\nnodes: [{ <<: *n, address: a, role: [etcd] }]\nauthentication: { options: {} }';
    expect([...shownIn(text), ...mistakesIn(text)]).toEqual([]);
  });
});

describe('examples of the schema', () => {
  const examples = flat(schemaKeys()).flatMap(({ path, meta }) =>
    meta.example === undefined ? [] : [[path, meta.example] as const],
  );

  it('are valid for the reader and for an editor', () => {
    expect(examples.length).toBeGreaterThan(400);
    const wrong = examples.flatMap(([path, example]) => {
      const text = documentAt(path, example);
      return [...mistakesIn(text), ...shownIn(text)].map((mistake) => `${path}: ${example}: ${mistake}`);
    });
    expect(wrong).toEqual([]);
  });
});
