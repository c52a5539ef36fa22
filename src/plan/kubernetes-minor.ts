import { InternalError } from '../core/errors.js';

/**
 * Minor number of a Kubernetes version: 30 for `v1.30.4-rancher1-1`. RKE's ranges such as `>=1.22.0-rancher0`
 * (util/util.go:53) begin at a minor's first release, so the minor alone decides them.
 *
 * @throws InternalError where the text is no version of Kubernetes 1: the catalogue was asked before
 */
export function kubernetesMinor(version: string): number {
  const minor = /^v?1\.(\d+)(\.|-|$)/.exec(version)?.[1];
  if (minor === undefined) throw new InternalError(`"${version}" is not a version of Kubernetes 1`);
  return Number(minor);
}
