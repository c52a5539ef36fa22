import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCluster } from '../../src/config/validate.js';
import { recordAt, textAt } from '../../src/core/fields.js';
import { stableStringify } from '../../src/core/stable.js';
import { planAddons } from '../../src/plan/addons/plan-addons.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';

const vectors = fileURLToPath(new URL('../fixtures/vectors/addons/', import.meta.url));

/** What no vector has, because RKE v1 does not have it. */
const own = [
  '{ provider: traefik }',
  '{ provider: traefik, network_mode: hostNetwork, extra_args: { log.level: DEBUG } }',
].map(
  (ingress) => `
nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]
network: { plugin: canal }
ingress: ${ingress}
`,
);

/**
 * The objects of every add-on with the options of all vectors, each once, as a cluster of this version gets them. Files that
 * `rke up` refuses with this version are left out.
 */
export async function addonObjects(version: string): Promise<KubeObject[]> {
  const catalog = await loadCatalog();
  const files = readdirSync(vectors).filter((name) => name.endsWith('.yml'));
  const texts = [...files.map((name) => readFileSync(`${vectors}/${name}`, 'utf8')), ...own];
  const objects = texts.flatMap((text) => {
    const ofVersion = `${text.replace(/^kubernetes_version:.*$/m, '')}\nkubernetes_version: ${version}\n`;
    const loaded = loadCluster(ofVersion, {
      catalog,
      allowUnknown: true,
      allowDuplicateKeys: true,
      inFull: true,
    });
    return loaded.ok ? planAddons(loaded.value, catalog).flatMap((addon) => addon.objects) : [];
  });
  return [
    ...new Map(objects.map(withoutAddress).map((object) => [stableStringify(object), object])).values(),
  ];
}

/** The address of a DNS service is in the range of its vector, not in that of the cluster. */
function withoutAddress(object: KubeObject): KubeObject {
  const spec = recordAt(object, 'spec');
  if (object.kind !== 'Service' || ['', 'None'].includes(textAt(spec, 'clusterIP'))) return object;
  return { ...object, spec: { ...spec, clusterIP: undefined } };
}

/** Kinds that others need before the API server accepts them. */
const first: readonly string[] = ['Namespace', 'CustomResourceDefinition'];

export const isFirst = ({ kind }: KubeObject): boolean => first.includes(kind);

/** As kubectl reads many objects from its input. */
export const listOf = (items: readonly KubeObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
