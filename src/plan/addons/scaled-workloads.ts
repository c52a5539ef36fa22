import { listAt, recordAt, type Fields } from '../../core/fields.js';
import type { KubeObject } from '../cluster-plan-types.js';

/**
 * Objects to apply, without the replicas of those that an autoscaler among them scales: a server-side apply would reset what
 * the autoscaler, or a person, has set since. RKE's old templates of CoreDNS have `replicas: 1`, which is what the API gives a
 * new Deployment anyway. The field that an earlier run applied had that value, too, so leaving it out changes nothing.
 */
export function withoutScaledReplicas(objects: readonly KubeObject[]): KubeObject[] {
  const targets = new Set(objects.flatMap(targetsOf));
  return objects.map((object) => {
    const { namespace = '', name } = object.metadata;
    if (!targets.has(`${namespace}/${object.kind}/${name}`.toLowerCase())) return object;
    const spec = Object.entries(recordAt(object, 'spec')).filter(([field]) => field !== 'replicas');
    return { ...object, spec: Object.fromEntries(spec) };
  });
}

/** What a cluster-proportional-autoscaler scales: `NAMESPACE/KIND/NAME` in lower case, as its flags are. */
function targetsOf(object: KubeObject): string[] {
  const pod = recordAt(recordAt(recordAt(object, 'spec'), 'template'), 'spec');
  return listAt(pod, 'containers').flatMap((container) => {
    const flags = flagsOf(container);
    const namespace = flags.get('namespace') ?? object.metadata.namespace ?? '';
    return (flags.get('target') ?? '')
      .split(',')
      .filter((target) => /^[a-z]+\/[^/]+$/i.test(target))
      .map((target) => `${namespace}/${target}`.toLowerCase());
  });
}

function flagsOf({ command, args }: Fields): ReadonlyMap<string, string> {
  const words = [command, args].flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  const pairs = words.flatMap((word) => {
    const [, name, value] = typeof word === 'string' ? (/^--?([^=]+)=(.*)$/.exec(word) ?? []) : [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return new Map(pairs);
}
