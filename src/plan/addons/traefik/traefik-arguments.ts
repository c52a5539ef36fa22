import type { IngressSpec } from '../../../config/cluster-spec.js';
import { nginxClass, traefikClass } from './traefik-names.js';

/** Port of `/ping` in the pod; the health checks of ingress-nginx use the same. */
export const pingPort = 10254;

/** Where traefik listens for requests in the pod. */
export interface ListenPorts {
  readonly web: number;
  readonly websecure: number;
}

/** With the network of the node, the ports of the node; otherwise two that need no privilege. */
export function listenPorts({ networkMode, httpPort = 80, httpsPort = 443 }: IngressSpec): ListenPorts {
  return networkMode === 'hostNetwork'
    ? { web: httpPort, websecure: httpsPort }
    : { web: 8000, websecure: 8443 };
}

const nginxProvider = 'providers.kubernetesingressnginx';

/** True unless `extra_args` turn the provider off that reads Ingresses of ingress-nginx. */
export function readsNginxClass(ingress: IngressSpec): boolean {
  return argumentsOf(ingress).has(nginxProvider);
}

/**
 * The command line: those of ours, overridden by `extra_args`. Two providers read Ingresses: one those of the class `traefik`,
 * the other those of the class `nginx` with the annotations of ingress-nginx, and those without a class, which ingress-nginx of
 * RKE serves as well.
 */
export function traefikArguments(ingress: IngressSpec): string[] {
  return [...argumentsOf(ingress)].map(([name, value]) =>
    value === '' ? `--${name}` : `--${name}=${value}`,
  );
}

function argumentsOf(ingress: IngressSpec): Map<string, string> {
  const { web, websecure } = listenPorts(ingress);
  // Names are the same in any case.
  const given = Object.entries(ingress.extraArgs ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const isOff = given.some(([name, value]) => name === nginxProvider && value === 'false');
  const own = [
    ['global.checknewversion', 'false'],
    ['global.sendanonymoususage', 'false'],
    ['entrypoints.web.address', `:${web}/tcp`],
    ['entrypoints.websecure.address', `:${websecure}/tcp`],
    // HTTPS is answered for every host, with traefik's own certificate if the Ingress has none.
    ['entrypoints.websecure.http.tls', 'true'],
    ['entrypoints.traefik.address', `:${pingPort}/tcp`],
    ['ping', 'true'],
    ['providers.kubernetesingress', 'true'],
    ['providers.kubernetesingress.ingressclass', traefikClass.name],
    [nginxProvider, 'true'],
    [`${nginxProvider}.ingressclass`, nginxClass.name],
    [`${nginxProvider}.controllerclass`, nginxClass.controller],
    [`${nginxProvider}.watchingresswithoutclass`, 'true'],
  ] as const;
  // A flag below the provider would turn it on again.
  return new Map([...own, ...given].filter(([name]) => !isOff || !name.startsWith(nginxProvider)));
}
