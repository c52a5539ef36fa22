import { checkReasons } from '../../reconcile/checks/check-reasons.js';
import type { ExaminedPart } from './doctor-report.js';

/** Why each part matters. */
export const partReasons: Readonly<Record<ExaminedPart, string>> = {
  ...checkReasons,
  ssh: 'rke does everything on a host over SSH',
  forwarding: 'rke reaches the Kubernetes API, etcd and the health of components through the SSH connection',
  'docker-access': 'every component of the cluster is a container of this Docker',
  'docker-version':
    'Kubernetes was tested with certain versions of Docker, and the kubelet may not work with others',
  ports:
    'components reach each other at these ports; without them nodes do not join, or etcd has no majority',
  images: 'a component cannot start without its image',
  state: 'the keys of the cluster are in its state; without it no command can change the cluster',
  containers: 'each component that does not run or is not healthy takes a part of the cluster with it',
  node: 'no pods run on a node that is not Ready, and pods are evicted from one under pressure',
  api: 'nothing can be seen or changed in the cluster without its API; pods continue to run',
  etcd: 'etcd has everything that the cluster knows; without a majority of its members nothing can be changed',
  certificates: 'components refuse each other after a certificate has expired',
  backup: 'a cluster whose etcd is lost comes back only from a snapshot',
  addon: 'what the add-on does for pods (network, names, ingress, metrics) is missing until it works',
  pending: '`rke up` stops before it changes anything',
};
