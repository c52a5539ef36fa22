import { recordAt, textAt } from '../../core/fields.js';
import type { CallOptions } from '../../host/host.js';
import type { KubeReader } from '../../kube/kube.js';
import type { Election } from '../../plan/cluster-plan-types.js';

/**
 * Follows the leader of a component by its Lease. A leader counts if it has led for long enough by its own clock, and renews the
 * Lease while it is watched: that of a process that has died does not change until another one takes it.
 */
export class LeaderWatch {
  readonly #kube: Pick<KubeReader, 'get'>;
  #seen: { readonly holder: string; readonly renewTime: string } | undefined;

  constructor(kube: Pick<KubeReader, 'get'>) {
    this.#kube = kube;
  }

  /** True if a leader has started its work. False if the Lease cannot be read. */
  async hasLeader({ lease, startSeconds }: Election, options: CallOptions): Promise<boolean> {
    const found = await this.#kube.get(lease, options).catch(() => undefined);
    options.signal.throwIfAborted();
    const spec = recordAt(found ?? {}, 'spec');
    const [holder, renewTime] = [textAt(spec, 'holderIdentity'), textAt(spec, 'renewTime')];
    if (holder === '' || this.#seen?.holder !== holder) {
      this.#seen = holder === '' ? undefined : { holder, renewTime };
      return false;
    }
    const ledFor = Date.parse(renewTime) - Date.parse(textAt(spec, 'acquireTime'));
    return renewTime !== this.#seen.renewTime && ledFor >= startSeconds * 1000;
  }
}
