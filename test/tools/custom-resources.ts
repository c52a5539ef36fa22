// `npm run crds -- SOURCE [TARGET]`: makes src/versions/data/custom-resources.json anew. SOURCE is RKE's data.json, whose templates
// hold the CRDs that upstream publishes; their descriptions, which are most of the text, are left behind.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { load } from 'js-yaml';
import { hash, isRecord, sortedEntries, stableStringify } from '../../src/core/stable.js';
import type { CustomResources } from '../../src/versions/custom-resources.js';

/** Add-ons whose CRDs are needed. */
const addons = /^(aci|calico|canal)-/;

/**
 * CRDs of every template, each distinct one once.
 *
 * @param json RKE's data.json
 * @throws Error if it holds no templates
 */
export function readCustomResources(json: unknown): CustomResources {
  const choice = isRecord(json) ? json['K8sVersionedTemplates'] : undefined;
  const templates = isRecord(choice) ? choice['templateKeys'] : undefined;
  if (!isRecord(templates)) throw new Error('no templates: expected RKE’s data.json');
  const definitions: Record<string, CustomResources['definitions'][string]> = {};
  const names: Record<string, string[]> = {};
  for (const [template, text] of sortedEntries(templates)) {
    if (!addons.test(template) || typeof text !== 'string') continue;
    names[template] = definitionsIn(text).map((definition) => {
      const id = `${definition.metadata.name}-${hash('sha256', stableStringify(definition)).slice(0, 8)}`;
      definitions[id] = definition;
      return id;
    });
  }
  return { definitions: Object.fromEntries(sortedEntries(definitions)), templates: names };
}

type Definition = CustomResources['definitions'][string];

/** Of two equal keys the last one counts, the same as for the YAML parser of kubectl. */
function definitionsIn(template: string): Definition[] {
  return template
    .split(/^---\s*$/m)
    .filter((text) => /^kind: CustomResourceDefinition\s*$/m.test(text))
    .map((text) => withoutDescriptions(load(readable(text), { json: true })) as Definition);
}

/**
 * Without what only Go reads: lines for the template's engine (no CRD has a value of the cluster in it), and quoted descriptions
 * that are continued with too little indentation.
 */
function readable(text: string): string {
  return text.replace(/^\s*\{\{.*\}\}\s*$/gm, '').replace(/description: '(?:[^']|'')*'/g, "description: ''");
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isRecord(value)) return value;
  const kept = sortedEntries(value).filter(
    ([key, member]) => key !== 'description' || typeof member !== 'string',
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutDescriptions(member)]));
}

/** One line for each CRD and template, so that a change of one is a change of one line. */
function format({ definitions, templates }: CustomResources): string {
  const lines = (members: Readonly<Record<string, unknown>>): string =>
    Object.entries(members)
      .map(([key, value]) => `${JSON.stringify(key)}: ${stableStringify(value)}`)
      .join(',\n');
  return `{\n"definitions": {\n${lines(definitions)}\n},\n"templates": {\n${lines(templates)}\n}\n}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const standard = fileURLToPath(new URL('../../src/versions/data/custom-resources.json', import.meta.url));
  const [source, target = standard] = process.argv.slice(2);
  if (source === undefined) {
    process.stderr.write('usage: npm run crds -- SOURCE [TARGET]\nSOURCE: RKE’s data.json\n');
    process.exitCode = 2;
  } else {
    const read = readCustomResources(JSON.parse(await readFile(source, 'utf8')));
    await writeFile(target, format(read));
    const { definitions, templates } = read;
    process.stdout.write(
      `${Object.keys(definitions).length} CRDs of ${Object.keys(templates).length} templates written to ${target}\n`,
    );
  }
}
