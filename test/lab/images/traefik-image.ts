import { path, program, type LabImage } from './lab-image.js';
import { filesLayer } from './layers.js';
import { modules } from './programs.js';

/** traefik. Its build takes longer than that of all other images, so only its own test has it. */
export const traefikImage: LabImage = {
  refs: ['library/traefik:v3.6.12'],
  config: { Env: [path], Entrypoint: ['/usr/local/bin/traefik'] },
  make: async (log) => [
    await filesLayer('traefik', { '/usr/local/bin/traefik': await program(modules.traefik, 'traefik', log) }),
  ],
};
