import { isAtLeast } from '../../versions/kubernetes-version.js';
import { aci } from './aci.js';
import type { AddonDefinition, AddonKind } from './addon-definition.js';
import { calico } from './calico.js';
import { canal } from './canal.js';
import { coredns } from './coredns.js';
import { flannel } from './flannel.js';
import { kubeDns } from './kube-dns.js';
import { metricsServer } from './metrics-server.js';
import { nginx } from './nginx.js';
import { nodelocal } from './nodelocal.js';
import { traefik } from './traefik.js';
import { weave } from './weave.js';

/** Every add-on of RKE v1, and traefik. Network plugins are in the order in which RKE offers them (cmd/config.go). */
export const addonDefinitions = [
  flannel,
  calico,
  weave,
  canal,
  aci,
  coredns,
  kubeDns,
  nodelocal,
  metricsServer,
  nginx,
  traefik,
] as const satisfies readonly AddonDefinition[];

type Definition = (typeof addonDefinitions)[number];

export type AddonName = Definition['name'];
/** One of the definitions above, with the members that only some have. */
export type KnownAddon = AddonDefinition & { readonly name: AddonName };
/** Add-ons of a kind, in the order above. */
export function definitionsOf(kind: AddonKind): readonly KnownAddon[] {
  return addonDefinitions.filter((one) => one.kind === kind);
}

/** @returns undefined for `none` and for a name that RKE does not have */
export function findDefinition(kind: AddonKind, name: string): KnownAddon | undefined {
  return addonDefinitions.find((one) => one.kind === kind && one.name === name);
}

/** What cluster.yml can name for a kind. */
export function addonChoices(kind: AddonKind): string[] {
  return [...definitionsOf(kind).map(({ name }) => name), 'none'];
}

/** What RKE deploys when the file names none. */
export function defaultChoice(kind: AddonKind, kubernetesVersion: string): string {
  return definitionsOf(kind).find(({ isDefault }) => isDefault?.(kubernetesVersion))?.name ?? 'none';
}

/** Roles of the images without which an add-on of this version is not deployed. */
export function neededImages({ images, endOfLife }: AddonDefinition, kubernetesVersion: string): string[] {
  // A version that no longer has the add-on refuses it as a whole.
  if (endOfLife !== undefined && isAtLeast(kubernetesVersion, endOfLife.removedIn)) return [];
  return images.flatMap(({ role, since, isOptional }) =>
    isOptional === true || (since !== undefined && !isAtLeast(kubernetesVersion, since)) ? [] : [role],
  );
}
