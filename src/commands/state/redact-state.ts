import { isRecord } from '../../core/stable.js';
import { redacted, redactValue } from '../../report/redact.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** A state to be shown: without keys, passwords, tokens, and without manifests that hold Secrets. */
export function redactState(state: ClusterState): ClusterState {
  return redactValue(withoutManifests(state)) as ClusterState;
}

/** A Secret in a manifest may hold anything under any name. */
function withoutManifests(value: unknown): unknown {
  if (typeof value === 'string') return /^\s*["']?kind["']?:\s*["']?Secret\b/m.test(value) ? redacted : value;
  if (Array.isArray(value)) return value.map(withoutManifests);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutManifests(member)]));
}
