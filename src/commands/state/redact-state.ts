import { isRecord } from '../../core/stable.js';
import { redacted, redactValue } from '../../core/redact.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** Redacts a state for printing: keys, passwords, tokens, and manifests that contain Secrets. */
export function redactState(state: ClusterState): ClusterState {
  return redactValue(redactManifests(state)) as ClusterState;
}

/** Redacts whole manifests with a Secret, because it may contain anything under any name. */
function redactManifests(value: unknown): unknown {
  if (typeof value === 'string') return /^\s*["']?kind["']?:\s*["']?Secret\b/m.test(value) ? redacted : value;
  if (Array.isArray(value)) return value.map(redactManifests);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redactManifests(member)]));
}
