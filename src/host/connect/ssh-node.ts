import type { NodeSpec } from '../../config/cluster-spec.js';
import type { SshLogin } from '../ssh/ssh-target.js';

/** What connecting needs to know about a node; the rest is looked up in ssh_config. */
export type SshNode = SshLogin & Pick<NodeSpec, 'dockerSocket'>;
