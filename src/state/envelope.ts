import { restoreStateFix } from '../core/codes/restore-state.js';
import { stateError } from '../core/errors.js';
import { isRecord } from '../core/stable.js';

/** A sealed state on disk: JSON, so that the format is visible without the key. */
export interface Envelope {
  readonly format: typeof envelopeFormat;
  readonly version: typeof envelopeVersion;
  readonly kdf: KeyDerivation;
  readonly cipher: { readonly name: 'aes-256-gcm'; readonly iv: string; readonly tag: string };
  /** The state's text, encrypted; base64 as are `salt`, `check`, `iv` and `tag`. */
  readonly data: string;
}

/** From the passphrase to the key; `check` distinguishes a wrong passphrase from a damaged file. */
export interface KeyDerivation {
  readonly name: 'scrypt';
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly check: string;
}

export const envelopeFormat = 'rke-encrypted-state';
export const envelopeVersion = 1;

/** True for an envelope, complete or not. */
export function isSealed(text: string): boolean {
  return new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${envelopeFormat}"`).test(text);
}

export function encodeEnvelope(envelope: Envelope): string {
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/** @throws RkeError (exit 4) for an envelope that is truncated, of a later version, or with invalid members */
export function decodeEnvelope(text: string, location: string): Envelope {
  const value = parse(text, location);
  const version = isRecord(value) ? value['version'] : undefined;
  if (typeof version === 'number' && version > envelopeVersion)
    throw stateError('STATE_FUTURE', `${location} was encrypted by a newer rke (format ${version})`, {
      fix: 'use the version of rke that wrote it, or a later one',
    });
  if (isEnvelope(value)) return value;
  throw damagedEnvelope(location, 'it has invalid members');
}

export function damagedEnvelope(location: string, why: string, cause?: unknown): Error {
  return stateError('STATE_DAMAGED', `encrypted state file ${location} is damaged: ${why}`, {
    fix: restoreStateFix(location),
    cause,
  });
}

function parse(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedEnvelope(location, 'it is truncated or not valid JSON', cause);
  }
}

/** Checks limits, since a foreign file must not use all memory: 1 GiB at most. */
function isEnvelope(value: unknown): value is Envelope {
  if (!isRecord(value) || !isRecord(value['kdf']) || !isRecord(value['cipher'])) return false;
  const { name, n, r, p, salt, check } = value['kdf'];
  const { name: cipher, iv, tag } = value['cipher'];
  const isPower = typeof n === 'number' && n >= 2 && n <= 2 ** 20 && Number.isInteger(Math.log2(n));
  const isSmall = [r, p].every(
    (one) => typeof one === 'number' && Number.isInteger(one) && one >= 1 && one <= 8,
  );
  return (
    value['version'] === envelopeVersion &&
    name === 'scrypt' &&
    cipher === 'aes-256-gcm' &&
    isPower &&
    isSmall &&
    hasBytes(salt, 16) &&
    hasBytes(check, 8) &&
    hasBytes(iv, 12) &&
    hasBytes(tag, 16) &&
    typeof value['data'] === 'string'
  );
}

function hasBytes(base64: unknown, length: number): boolean {
  return typeof base64 === 'string' && Buffer.from(base64, 'base64').length === length;
}
