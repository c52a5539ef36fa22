import { isRecord } from './stable.js';

/** Replaces a secret. */
export const redacted = '(redacted)';

const secretWord =
  '(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?|authorization|(?:secret|access|private|api|encryption|account|client)[-_ ]?key(?:[-_]?data)?|key[-_]?pem)';
/** A name that ends in a word for a secret: `client_secret` matches, `token-auth-file` does not. */
const secretName = `[\\w.-]*${secretWord}`;
const quoted = `"(?:[^"\\\\]|\\\\.)*"|'[^']*'`;

/**
 * Rules that recognise the secret by its shape come first, since later ones look for names before values. No rule may start
 * at any letter and continue from there, or long texts take seconds.
 */
const rules: readonly (readonly [RegExp, string | ((...match: string[]) => string)])[] = [
  // Up to the end of the text if the end of the key is missing, as in a truncated log.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  // The same in base64, as in kubeconfigs.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, (text = '') => (isPrivateKey(text) ? redacted : text)],
  // Docker's file of logins in base64 ({"auths":…), as in RKE_KUBELET_DOCKER_CONFIG.
  [/\beyJhdXRocyI6[A-Za-z0-9+/=]+/g, redacted],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, redacted],
  [/\b(Bearer|Basic)\s+(?!\(redacted\))[\w.~+/=-]+/gi, `$1 ${redacted}`],
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${redacted}@`],
  // The same without a scheme, as in addresses of registries; `image:tag@sha256:…` has no secret.
  [/(^|[\s"'(])([^\s/:@"'(]{1,64}):[^\s/@"']{1,256}@(?!sha\d)/g, `$1$2:${redacted}@`],
  // A line of YAML: up to its end.
  [
    new RegExp(`^([ \\t]*(?:- )?["']?${secretName}["']?:[ \\t]+)(?!["'{[]|\\(redacted\\))\\S.*$`, 'gim'),
    `$1${redacted}`,
  ],
  [new RegExp(`(${secretWord}["']?\\s*[:=]\\s*)(?:${quoted}|[^\\s,;&}\\]"'{[]+)+`, 'gi'), `$1${redacted}`],
  [new RegExp(`(--?[\\w.-]{0,40}${secretWord}\\s+)(?:${quoted}|[^\\s-])\\S*`, 'gi'), `$1${redacted}`],
];

/** Text without private keys, passwords and tokens. In doubt a word is redacted. */
export function redactText(text: string): string {
  return rules.reduce(
    (result, [pattern, replacement]) =>
      typeof replacement === 'string'
        ? result.replace(pattern, replacement)
        : result.replace(pattern, replacement),
    text,
  );
}

const isSecretName = new RegExp(`^${secretName}$`, 'i');

/** Members with ids of operations, which have an `@` before the host and are used by programs. */
const identifiers = new Set(['operation', 'because']);

/** The same for every string in a value; a string under a name such as `password` is redacted as a whole. */
export function redactValue<Value>(value: Value): Value {
  return redactUnknown(value) as Value;
}

function redactUnknown(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactUnknown);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactMember(name, member)]),
  );
}

function redactMember(name: string, member: unknown): unknown {
  if (typeof member !== 'string') return redactUnknown(member);
  if (identifiers.has(name)) return member;
  return isSecretName.test(name) ? redacted : redactText(member);
}

function isPrivateKey(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('latin1').includes('PRIVATE KEY');
}
