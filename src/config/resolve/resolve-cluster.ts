import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { SystemImages, VersionCatalog } from '../../versions/catalog.js';
import { imageRoles } from '../../versions/image-roles.js';
import type { AddonKind } from '../addons/addon-definition.js';
import { findDefinition } from '../addons/addon-definitions.js';
import type { ClusterSpec, HelmReleaseSpec, NodeSpec, PrivateRegistry } from '../cluster-spec.js';
import { orDefault } from '../../core/or-default.js';
import type { ClusterConfig } from '../schema/parse-config.js';
import { resolveDns, resolveIngress, resolveMonitoring, resolveNetwork } from './resolve-addons.js';
import { goShape } from './go-shape.js';
import { resolveAuthentication } from './resolve-authentication.js';
import { resolveCloudProvider } from './resolve-cloud-provider.js';
import { resolveServices } from './resolve-services.js';
import { resolveUpgradeStrategy } from './resolve-upgrade.js';
import { jsonNames } from '../schema/keys.js';
import { systemImages as imageSchema } from '../schema/system-images.js';

const ownRoles = new Set(imageRoles.flatMap(({ json, isOwn }) => (isOwn === true ? [json] : [])));
const rkeRoles = jsonNames(imageSchema).filter((role) => !ownRoles.has(role));
const defaultKeyPath = '~/.ssh/id_rsa';

/**
 * Applies every default as RKE does (cluster/defaults.go), so that later code never handles a missing part.
 *
 * @param config the settings of cluster.yml, free of type errors
 * @param defaultVersion the version if the file sets none: that of the running cluster, if there is one
 */
export function resolveCluster(
  config: ClusterConfig,
  catalog: VersionCatalog,
  defaultVersion = catalog.defaultVersion,
): ClusterSpec {
  const version = orDefault(config.kubernetesVersion, defaultVersion);
  const sshKeyPath = orDefault(config.sshKeyPath, defaultKeyPath);
  const sshAgentAuth = config.sshAgentAuth ?? false;
  const privateRegistries = config.privateRegistries as readonly PrivateRegistry[] | undefined;
  const cloudProvider = resolveCloudProvider(config.cloudProvider);
  const ingress = resolveIngress(config.ingress ?? {}, version);
  const systemImages = resolveImages(config, {
    ofRke: catalog.systemImages(version),
    own: imagesOf('ingress', ingress.provider, catalog.ownImages(version)),
  });
  return goShape({
    ...config,
    clusterName: orDefault(config.clusterName, 'local'),
    kubernetesVersion: version,
    nodes: (config.nodes ?? []).map((node) =>
      resolveNode(node as Partial<NodeSpec>, { sshKeyPath, sshAgentAuth }),
    ),
    services: resolveServices(config.services ?? {}, { version, systemImages }),
    network: resolveNetwork(config.network ?? {}, version),
    authentication: resolveAuthentication(config.authentication ?? {}),
    authorization: { ...config.authorization, mode: orDefault(config.authorization?.mode, 'rbac') },
    systemImages,
    ...(privateRegistries === undefined ? {} : { privateRegistries }),
    ingress,
    monitoring: resolveMonitoring(config.monitoring ?? {}, version),
    dns: resolveDns(config.dns ?? {}, version),
    ...resolveBastion(config.bastionHost, { sshKeyPath, sshAgentAuth }),
    sshKeyPath,
    sshAgentAuth,
    ignoreDockerVersion: false,
    // Before 1.24 kubelet uses Docker directly, and an unset key stays unset.
    ...(isAtLeast(version, '1.24') ? { enableCriDockerd: config.enableCriDockerd ?? true } : {}),
    prefixPath: orDefault(config.prefixPath, '/'),
    addonJobTimeout:
      config.addonJobTimeout === undefined || config.addonJobTimeout === 0 ? 45 : config.addonJobTimeout,
    upgradeStrategy: resolveUpgradeStrategy(config.upgradeStrategy),
    ...(cloudProvider === undefined ? {} : { cloudProvider }),
    rotateEncryptionKey: config.rotateEncryptionKey ?? false,
    ...resolveHelm(config.addonsHelm),
  } as ClusterSpec);
}

interface SshDefaults {
  readonly sshKeyPath: string;
  readonly sshAgentAuth: boolean;
}

/** RKE cluster/defaults.go setClusterDefaults: the name is in lower case, and ssh_agent_auth is that of the cluster. */
function resolveNode(node: Partial<NodeSpec>, { sshKeyPath, sshAgentAuth }: SshDefaults): NodeSpec {
  const address = node.address ?? '';
  return {
    ...withoutAgent(node),
    address,
    port: orDefault(node.port, '22'),
    internalAddress: orDefault(node.internalAddress, address),
    hostnameOverride: orDefault(node.hostnameOverride, address).toLowerCase(),
    role: node.role ?? [],
    user: node.user ?? '',
    sshKeyPath: orDefault(node.sshKeyPath, sshKeyPath),
    ...(sshAgentAuth ? { sshAgentAuth } : {}),
  };
}

/** Helm's own default namespace. */
function resolveHelm(releases: ClusterConfig['addonsHelm']): Partial<ClusterSpec> {
  if (releases === undefined) return {};
  return {
    addonsHelm: releases.map((release) => ({
      ...(release as Partial<HelmReleaseSpec>),
      name: release.name ?? '',
      namespace: orDefault(release.namespace, 'default'),
    })),
  };
}

function resolveBastion(
  bastion: ClusterConfig['bastionHost'],
  { sshKeyPath, sshAgentAuth }: SshDefaults,
): Partial<ClusterSpec> {
  if (bastion === undefined) return {};
  if ((bastion.address ?? '') === '') return { bastionHost: bastion };
  return {
    bastionHost: {
      ...withoutAgent(bastion),
      port: orDefault(bastion.port, '22'),
      sshKeyPath: orDefault(bastion.sshKeyPath, sshKeyPath),
      ...(sshAgentAuth ? { sshAgentAuth } : {}),
    },
  };
}

/**
 * The images of the catalogue with the default registry, if there is one, overridden by those in the file. A role without an
 * image in the catalogue gets only the registry, the same as in RKE.
 *
 * @param defaults `own`: images of chosen add-ons that RKE does not have
 */
function resolveImages(
  { systemImages, privateRegistries }: ClusterConfig,
  { ofRke, own }: { readonly ofRke: SystemImages | undefined; readonly own: SystemImages },
): SystemImages {
  const registry = privateRegistries?.find(({ isDefault }) => isDefault === true)?.url ?? '';
  const prefix = registry === '' ? '' : `${registry}/`;
  const fromCatalog = (ofRke === undefined ? [] : rkeRoles)
    .map((role) => [role, `${prefix}${ofRke?.[role] ?? ''}`] as const)
    .filter(([, image]) => image !== '');
  const ofOwn = Object.entries(own).map(([role, image]) => [role, `${prefix}${image}`] as const);
  const given = Object.entries(systemImages ?? {}).filter(
    (entry): entry is [string, string] => (entry[1] ?? '') !== '',
  );
  return Object.fromEntries([...fromCatalog, ...ofOwn, ...given]);
}

/** Those of the images that an add-on needs. */
function imagesOf(kind: AddonKind, name: string, images: SystemImages): SystemImages {
  const roles = new Set(findDefinition(kind, name)?.images.map(({ role }) => role));
  return Object.fromEntries(Object.entries(images).filter(([role]) => roles.has(role)));
}

/** Drops ssh_agent_auth of a host: only that of the cluster has an effect. */
function withoutAgent<Part extends { readonly sshAgentAuth?: boolean | undefined }>(
  part: Part,
): Omit<Part, 'sshAgentAuth'> {
  return Object.fromEntries(Object.entries(part).filter(([name]) => name !== 'sshAgentAuth')) as Omit<
    Part,
    'sshAgentAuth'
  >;
}
