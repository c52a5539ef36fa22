import type { ObjectRef } from '../cluster-plan-types.js';
import { addonNamespace } from './rbac.js';

export const daemonSetRef = (name: string, namespace = addonNamespace): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  namespace,
  name,
});

export const deploymentRef = (name: string, namespace = addonNamespace): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace,
  name,
});
