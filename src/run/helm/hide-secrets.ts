import { isRecord } from '../../core/stable.js';
import { redacted, redactText } from '../../core/redact.js';
import { plainYaml } from '../../yaml/plain-yaml.js';
import type { HelmReleaseSpec } from '../../config/cluster-spec.js';
import type { ReleaseFiles } from './release-files.js';

/** Shorter texts are words and numbers that a message needs. */
const shortest = 6;

/** Hides all values of a release in a text of helm, whatever their names are: charts print values in their own errors. */
export function hideSecrets(
  text: string,
  { release, files }: { readonly release: HelmReleaseSpec; readonly files: Pick<ReleaseFiles, 'values'> },
): string {
  const values = [release.values, release.password, ...files.values.map(plainYaml)];
  const secrets = [...new Set(values.flatMap(textsIn))]
    .flatMap((one) => [
      one,
      Buffer.from(one).toString('base64'),
      ...one.split('\n').map((line) => line.trim()),
    ])
    .filter((one) => one.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return redactText(secrets.reduce((hidden, one) => hidden.replaceAll(one, redacted), text));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}
