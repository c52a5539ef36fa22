import { nearest } from '../../core/nearest.js';
import { publicImageRules } from './public-images.js';
import { error, type Finding, type Rule } from './rule.js';

/** The Kubernetes version is one of the catalogue, and images can be read. */
export const versionRules: Rule = (input) => {
  const { spec, catalog } = input;
  const { kubernetesVersion: version } = spec;
  if (catalog.systemImages(version) === undefined || catalog.serviceOptions(version) === undefined) {
    const minor = /^v\d+\.\d+\./.exec(version)?.[0];
    const near =
      minor === undefined ? undefined : catalog.versions.filter((known) => known.startsWith(minor)).at(-1);
    const meant = near ?? nearest(version, catalog.versions) ?? catalog.defaultVersion;
    return [
      error(
        'unknown-version',
        'kubernetes_version',
        `"${version}" is not in the catalogue; did you mean "${meant}"?`,
      ),
    ];
  }
  return [...imageFindings(spec.systemImages), ...publicImageRules(input)];
};

function imageFindings(images: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(images).flatMap(([role, image]) =>
    isImage(image)
      ? []
      : [
          error(
            'bad-image',
            `system_images.${snakeCase(role)}`,
            `"${image}" is not the name of an image with its tag`,
          ),
        ],
  );
}

/** Registry, folders and name, then a tag: RKE needs one (docker/docker.go GetImageTag). */
function isImage(text: string): boolean {
  return /^([a-zA-Z0-9.-]+(:\d+)?\/)?([a-z0-9]+([._-]+[a-z0-9]+)*\/)*[a-z0-9]+([._-]+[a-z0-9]+)*:[\w][\w.-]{0,127}(@sha256:[0-9a-f]{64})?$/.test(
    text,
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
