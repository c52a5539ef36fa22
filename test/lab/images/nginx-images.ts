import { fileURLToPath } from 'node:url';
import type { Log } from '../settings.js';
import { filesBelow, finished, path, program, type LabImage } from './lab-image.js';
import { debianLayer, filesLayer, type Layer } from './layers.js';
import { modules } from './programs.js';

/** The images of ingress-nginx. */
export const nginxImages: readonly LabImage[] = [
  {
    // One build for v1.31.1-rancher1-1 and v1.30.4-rancher1-1.
    refs: ['nginx-1.10.1-rancher1', 'nginx-1.11.2-rancher1'].map(
      (tag) => `rancher/nginx-ingress-controller:${tag}`,
    ),
    config: { Env: [path], Entrypoint: ['/usr/bin/dumb-init', '--'], User: '101' },
    make: async (log) => [
      await nginxLayer(log),
      await filesLayer('nginx-ingress-controller', {
        '/nginx-ingress-controller': await program(modules.ingressNginx, 'nginx-ingress-controller', log),
        '/wait-shutdown': await program(modules.ingressNginx, 'wait-shutdown', log),
      }),
    ],
  },
  {
    refs: ['rancher/mirrored-nginx-ingress-controller-defaultbackend:1.5-rancher1'],
    config: { Env: [path], Entrypoint: ['/default-backend'], User: '65534' },
    make: async (log) => [
      await filesLayer('default-backend', {
        '/default-backend': await program(modules.tools, 'default-backend', log),
      }),
    ],
  },
  {
    refs: ['rancher/mirrored-ingress-nginx-kube-webhook-certgen:v1.4.1'],
    config: { Env: [path], Entrypoint: ['/kube-webhook-certgen'], User: '2000' },
    make: async (log) => [
      await filesLayer('kube-webhook-certgen', {
        '/kube-webhook-certgen': await program(modules.tools, 'kube-webhook-certgen', log),
      }),
    ],
  },
];

/** Debian's nginx with the Lua code of the module, and our stand-ins of libraries that Debian lacks. */
async function nginxLayer(log: Log): Promise<Layer> {
  return debianLayer('ingress-nginx', {
    // The template has directives that the nginx of bookworm does not know.
    suite: 'trixie',
    packages: [
      ...['nginx', 'libnginx-mod-stream', 'libnginx-mod-http-lua', 'libnginx-mod-http-headers-more-filter'],
      ...['lua-cjson', 'lua-resty-core', 'lua-resty-lrucache', 'dumb-init', 'ca-certificates'],
      'libcap2-bin',
    ],
    contents: {
      ...(await finished(modules.ingressNginx, 'files', log)),
      ...(await filesBelow(fileURLToPath(new URL('files/ingress-nginx', import.meta.url)))),
      '/usr/bin/nginx': { link: '/usr/sbin/nginx' },
      // What nginx writes there is what the container prints.
      '/var/log/nginx/access.log': { link: '/dev/stdout' },
      '/var/log/nginx/error.log': { link: '/dev/stderr' },
    },
    writable: [
      ...['ssl', 'auth', 'geoip', 'telemetry'].map((name) => `/etc/ingress-controller/${name}`),
      ...['/etc/nginx', '/var/lib/nginx', '/tmp/nginx'],
    ],
    lowPorts: ['/usr/sbin/nginx'],
    log,
  });
}
