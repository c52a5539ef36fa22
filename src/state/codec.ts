import type { ClusterSpec } from '../config/cluster-spec.js';
import type { CodeOf } from '../core/codes/error-codes.js';
import { restoreStateFix } from '../core/codes/restore-state.js';
import { messageOf, stateError, type RkeError } from '../core/errors.js';
import { goJson } from '../core/go-json.js';
import { isRecord } from '../core/stable.js';
import type { ClusterState, StateHalf } from './cluster-state.js';
import { halfFault } from './half-fault.js';

/**
 * Text of cluster.rkestate as Go's json.MarshalIndent writes it (RKE cluster/state.go), so that RKE v1 reads it and a diff
 * shows only changes. Members keep their order in the object: a file that was read is written byte for byte, with members
 * that this version does not know.
 */
export function encodeState(state: ClusterState): string {
  return goJson(complete(state), 2);
}

/** The same on one line, as Go's json.Marshal writes it: the copy in the cluster. */
export function encodeCompactState(state: ClusterState): string {
  return goJson(complete(state));
}

function complete(state: ClusterState): ClusterState {
  const { desiredState, currentState } = state;
  return {
    ...state,
    desiredState: withFixedMembers(desiredState),
    currentState: withFixedMembers(currentState),
  };
}

/**
 * @param location path of the file, for messages
 * @throws RkeError (exit 4) for a text that is not a state of RKE
 */
export function decodeState(text: string, location: string): ClusterState {
  if (text.trim() === '') throw damaged('STATE_EMPTY', `${location} is empty`, location);
  const value = parse(text, location);
  refuseFuture(value, location);
  const { desiredState = {}, currentState = {} } = isRecord(value) ? value : {};
  const fault =
    foreignness(value) ?? halfFault('desiredState', desiredState) ?? halfFault('currentState', currentState);
  if (fault !== undefined)
    throw damaged('STATE_FOREIGN', `${location} is not a state file of rke (${fault})`, location);
  // Members of RKE v1 are checked only as far as rke relies on them; the configuration is read from cluster.yml in each run.
  return {
    ...(value as object),
    desiredState: desiredState as StateHalf,
    currentState: currentState as StateHalf,
  };
}

function parse(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A file that starts as JSON and does not end as JSON was truncated, by a full disk or a crash of RKE's in-place write.
    const trimmed = text.trim();
    const cut = trimmed.startsWith('{') && !/^\{.*\}$|\n\}$/.test(trimmed);
    throw cut
      ? damaged('STATE_TRUNCATED', `${location} is truncated`, location)
      : damaged(
          'STATE_NOT_JSON',
          `${location} is not valid JSON (${withoutExcerpt(messageOf(cause))})`,
          location,
        );
  }
}

/** V8 quotes the text around the error, which may be a private key. */
function withoutExcerpt(message: string): string {
  const position = /at position \d+/.exec(message)?.[0];
  return position === undefined ? 'invalid value' : `error ${position}`;
}

function foreignness(value: unknown): string | undefined {
  if (!isRecord(value)) return 'expected an object';
  return 'desiredState' in value || 'currentState' in value
    ? undefined
    : 'desiredState and currentState are missing';
}

/** The format of RKE v1 has no version. If rke ever needs another format, it will have a number at the top. */
function refuseFuture(value: unknown, location: string): void {
  const [name, version] =
    Object.entries(isRecord(value) ? value : {}).find(
      ([member, number]) => /^(format|state|schema)?version$/i.test(member) && Number(number) > 1,
    ) ?? [];
  if (name === undefined) return;
  throw stateError('STATE_FUTURE', `${location} was written by a newer rke (${name} ${Number(version)})`, {
    fix: `use the version of rke that wrote it, or a later one; an older version of the file may be in ${location}.bak`,
  });
}

function damaged(code: CodeOf<'state'>, message: string, location: string): RkeError {
  return stateError(code, message, {
    fix: `${restoreStateFix(location)}; if none is valid, rebuild the file with \`rke state recover --force\`; do not start over without it: it has the keys of the cluster`,
  });
}

/** Members that Go writes even if empty, since `omitempty` has no effect on a struct (RKE types/rke_types.go). */
const fixedMembers: Readonly<Record<string, unknown>> = {
  services: {},
  network: {},
  authentication: {},
  systemImages: {},
  sshAgentAuth: false,
  authorization: {},
  ignoreDockerVersion: false,
  enableCriDockerd: false,
  ingress: {},
  cloudProvider: {},
  bastionHost: {},
  monitoring: {},
  restore: {},
  rotateEncryptionKey: false,
};

function withFixedMembers(half: StateHalf): StateHalf {
  const { rkeConfig } = half;
  return rkeConfig === undefined ? half : { ...half, rkeConfig: withFixed(rkeConfig) };
}

/** A configuration with the members that Go always writes. */
export function withFixed(spec: ClusterSpec): ClusterSpec {
  const lacking = Object.entries(fixedMembers).filter(([name]) => !(name in spec));
  return { ...spec, ...Object.fromEntries(lacking) };
}
