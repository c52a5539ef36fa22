import type { NodeSpec } from '../../config/cluster-spec.js';
import { usualSocket } from '../docker/usual-socket.js';
import type { SshLogin } from '../ssh/ssh-target.js';

/** What connecting needs to know about a node; the rest is looked up in ssh_config. */
export type SshNode = SshLogin & Pick<NodeSpec, 'dockerSocket'>;

/** True if `docker_socket` of the node is another one than the usual one. */
export const hasOwnSocket = ({ dockerSocket }: Pick<NodeSpec, 'dockerSocket'>): boolean =>
  (dockerSocket || usualSocket) !== usualSocket;
