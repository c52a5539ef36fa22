import type { ClusterSpec } from '../config/cluster-spec.js';
import type { CodeOf } from '../core/codes/error-codes.js';
import { messageOf, stateError, type RkeError } from '../core/errors.js';
import { goJson } from '../core/go-json.js';
import { isRecord } from '../core/stable.js';
import type { ClusterState, StateHalf } from './cluster-state.js';
import { halfFault } from './half-fault.js';

/**
 * Text of cluster.rkestate as Go's json.MarshalIndent writes it (RKE cluster/state.go), so that RKE reads it and a diff
 * shows what changed and nothing else. Members come in the order in which they are in the object: a file that was read
 * goes back byte for byte, with what this version does not know.
 */
export function encodeState(state: ClusterState): string {
  return goJson(complete(state), 2);
}

/** The same on one line, as Go's json.Marshal writes it: the copy that the cluster keeps. */
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
 * @throws RkeError (exit 4) for a text that is no state of RKE
 */
export function decodeState(text: string, location: string): ClusterState {
  if (text.trim() === '') throw damaged('STATE_EMPTY', `${location} is empty`, location);
  const value = parse(text, location);
  refuseFuture(value, location);
  const { desiredState = {}, currentState = {} } = isRecord(value) ? value : {};
  const fault =
    foreignness(value) ?? halfFault('desiredState', desiredState) ?? halfFault('currentState', currentState);
  if (fault !== undefined)
    throw damaged('STATE_FOREIGN', `${location} is not a state file of rke: ${fault}`, location);
  // Of RKE's members nothing is checked further than where this program relies on it; its config is read anew each run.
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
    // A file that begins as JSON and does not end as JSON was cut off, by a full disk or a crash of RKE's in-place write.
    const trimmed = text.trim();
    const cut = trimmed.startsWith('{') && !/^\{.*\}$|\n\}$/.test(trimmed);
    throw cut
      ? damaged('STATE_TRUNCATED', `${location} ends in the middle`, location)
      : damaged('STATE_NOT_JSON', `${location} is not JSON (${withoutExcerpt(messageOf(cause))})`, location);
  }
}

/** V8 quotes the text around the fault, which here may be a private key. */
function withoutExcerpt(message: string): string {
  const position = /at position \d+/.exec(message)?.[0];
  return position === undefined ? 'no valid value' : `fault ${position}`;
}

function foreignness(value: unknown): string | undefined {
  if (!isRecord(value)) return 'it does not hold an object';
  return 'desiredState' in value || 'currentState' in value
    ? undefined
    : 'it has neither desiredState nor currentState';
}

/** RKE's format has no version. Should one of ours ever need another format, it will say so by a number at the top. */
function refuseFuture(value: unknown, location: string): void {
  const [name, version] =
    Object.entries(isRecord(value) ? value : {}).find(
      ([member, number]) => /^(format|state|schema)?version$/i.test(member) && Number(number) > 1,
    ) ?? [];
  if (name === undefined) return;
  throw stateError('STATE_FUTURE', `${location} was written by a newer rke (${name} ${Number(version)})`, {
    fix: `use the rke that wrote it, or a later one; an older version of the file may be at ${location}.bak`,
  });
}

function damaged(code: CodeOf<'state'>, message: string, location: string): RkeError {
  return stateError(code, message, {
    fix: `put back a good copy, such as ${location}.bak; do not delete the file while the cluster lives, it holds the cluster's keys`,
  });
}

/** What Go writes even where it is empty, since `omitempty` does nothing for a struct (RKE types/rke_types.go). */
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
