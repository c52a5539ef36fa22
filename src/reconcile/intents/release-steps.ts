import { hooksOf } from '../../plan/addons/helm/helm-hook.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import { isNamespace } from '../../plan/addons/user/order-objects.js';
import type { HelmHook, UserAddon } from '../../plan/addons/user/user-addon.js';
import type { Operation } from '../operations.js';

/**
 * Completes the operations of Helm releases: the namespace, the hooks of a first installation or of a change, and their order. A
 * release waits for the one before it in cluster.yml, and for the add-on that has its namespace.
 */
export function addReleaseSteps(operations: readonly Operation[], addons: readonly UserAddon[]): Operation[] {
  const releases = new Map(
    addons.flatMap((addon) => (addon.release === undefined ? [] : [[addon.name, addon]])),
  );
  const ids = operations.flatMap((one) =>
    one.kind === 'apply-user-addon' && releases.has(one.name) ? [one.id] : [],
  );
  return operations.map((operation) => {
    const addon = operation.kind === 'apply-user-addon' ? releases.get(operation.name) : undefined;
    if (operation.kind !== 'apply-user-addon' || addon?.release === undefined) return operation;
    const { namespace, hooks } = addon.release;
    const owner = addons.find((one) => hasNamespace(one, namespace));
    const before = ids[ids.indexOf(operation.id) - 1];
    const isFirst = !(operation.known ?? []).some(({ hash }) => hash !== '');
    const [pre, post] = isFirst
      ? (['pre-install', 'post-install'] as const)
      : (['pre-upgrade', 'post-upgrade'] as const);
    const release = {
      namespace: owner === undefined ? namespace : undefined,
      before: hooksOf(hooks, pre),
      after: hooksOf(hooks, post),
    };
    const waits = [
      ...(before === undefined ? [] : [before]),
      ...operations.flatMap((one) =>
        one.kind === 'apply-user-addon' &&
        one.name === owner?.name &&
        one.id !== operation.id &&
        !releases.has(one.name)
          ? [one.id]
          : [],
      ),
    ];
    return {
      ...operation,
      after: [...operation.after, ...waits],
      details: [
        ...release.before.map((hook) => describeHook(pre, hook)),
        ...(operation.details ?? []),
        ...release.after.map((hook) => describeHook(post, hook)),
      ],
      release,
    };
  });
}

const hasNamespace = ({ objects }: UserAddon, name: string): boolean =>
  objects.some(({ object }) => isNamespace(object) && object.metadata.name === name);

const describeHook = (moment: string, { object }: HelmHook): string =>
  `run ${moment} hook ${describeRef(objectRef(object))}`;
