import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { fieldEnv } from '../container-env.js';
import {
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import { tolerateAll } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { nginxMarks, nginxNamespace as namespace, partOf, selectorLabels } from './nginx-labels.js';
import type { NginxRevision } from './nginx-revisions.js';

/** Name of the webhook, of its Secret, and of what its Jobs need. */
export const admissionName = 'ingress-nginx-admission';
const serviceName = 'ingress-nginx-controller-admission';

/** The Service by which the API server reaches the webhook of the controllers. */
export function admissionService(revision: NginxRevision): KubeObject {
  const port = { name: 'https-webhook', port: 443, targetPort: 'webhook' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName, namespace, ...nginxMarks(revision, 'controller') },
    spec: {
      type: 'ClusterIP',
      ports: [revision.generation === 3 ? { ...port, appProtocol: 'https' } : port],
      selector: selectorLabels('controller'),
    },
  };
}

/** What the Jobs may do: write the Secret, and the CA into the webhook. */
export function admissionAccess(revision: NginxRevision): KubeObject[] {
  const subject = serviceAccountSubject(admissionName, namespace);
  const marks = {
    ...nginxMarks(revision, 'admission-webhook'),
    ...hooks(revision, 'pre-install,pre-upgrade,post-install,post-upgrade'),
  };
  const account = serviceAccount(admissionName, { namespace, ...marks });
  return [
    revision.hasHooks ? account : { ...account, automountServiceAccountToken: true },
    clusterRole(
      admissionName,
      [
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['validatingwebhookconfigurations'],
          verbs: ['get', 'update'],
        },
      ],
      marks,
    ),
    clusterRoleBinding(admissionName, { role: admissionName, subject, ...marks }),
    role(admissionName, [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create'] }], {
      namespace,
      ...marks,
    }),
    roleBinding(admissionName, { role: admissionName, subject, namespace, ...marks }),
  ];
}

/** Without the CA: a Job writes it, and applying this again leaves it there. */
export function admissionWebhook(revision: NginxRevision): KubeObject {
  const version = revision.generation === 3 ? 'v1' : 'v1beta1';
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: admissionName, ...nginxMarks(revision, 'admission-webhook') },
    webhooks: [
      {
        name: 'validate.nginx.ingress.kubernetes.io',
        matchPolicy: 'Equivalent',
        rules: [
          {
            apiGroups: ['networking.k8s.io'],
            apiVersions: [version],
            operations: ['CREATE', 'UPDATE'],
            resources: ['ingresses'],
          },
        ],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: [...new Set(['v1', version])],
        clientConfig: {
          service: { namespace, name: serviceName, path: `/networking/${version}/ingresses` },
        },
      },
    ],
  };
}

export function admissionNetworkPolicy(revision: NginxRevision): KubeObject {
  const { labels = {} } = nginxMarks(revision, 'admission-webhook');
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    // It has had the label since before the others got it.
    metadata: { name: admissionName, namespace, labels: { ...labels, ...partOf(true) } },
    spec: {
      podSelector: { matchLabels: selectorLabels('admission-webhook') },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{}],
    },
  };
}

/** The Jobs that make the certificate of the webhook if there is none, and write its CA into the webhook. */
export function admissionJobs(spec: ClusterSpec, revision: NginxRevision): KubeObject[] {
  const ownNamespace = '--namespace=$(POD_NAMESPACE)';
  const secret = `--secret-name=${admissionName}`;
  return [
    admissionJob(spec, revision, {
      action: 'create',
      hook: 'pre-install,pre-upgrade',
      args: [`--host=${serviceName},${serviceName}.$(POD_NAMESPACE).svc`, ownNamespace, secret],
    }),
    admissionJob(spec, revision, {
      action: 'patch',
      hook: 'post-install,post-upgrade',
      args: [
        `--webhook-name=${admissionName}`,
        ownNamespace,
        '--patch-mutating=false',
        secret,
        '--patch-failure-policy=Fail',
      ],
    }),
  ];
}

function admissionJob(
  spec: ClusterSpec,
  revision: NginxRevision,
  {
    action,
    hook,
    args,
  }: { readonly action: string; readonly hook: string; readonly args: readonly string[] },
): KubeObject {
  const { generation, selectsNodesOfJobs } = revision;
  const name = `${admissionName}-${action}`;
  const marks = nginxMarks(revision, 'admission-webhook');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, ...marks, ...hooks(revision, hook) },
    spec: {
      template: {
        metadata: { name, ...marks },
        spec: {
          // Set without RBAC as well, although RKE does not create the account then (rules/ingress.ts).
          serviceAccountName: admissionName,
          restartPolicy: 'OnFailure',
          nodeSelector: {
            'kubernetes.io/os': 'linux',
            ...(selectsNodesOfJobs ? spec.ingress.nodeSelector : {}),
          },
          tolerations: tolerateAll,
          securityContext: { runAsNonRoot: true, runAsUser: 2000 },
          containers: [
            {
              name: action,
              image: systemImage(spec, 'ingressWebhook'),
              imagePullPolicy: 'IfNotPresent',
              args: [action, ...args],
              env: [fieldEnv('POD_NAMESPACE', 'metadata.namespace')],
              ...(generation === 3 ? { securityContext: { allowPrivilegeEscalation: false } } : {}),
            },
          ],
        },
      },
    },
  };
}

function hooks({ hasHooks }: NginxRevision, hook: string) {
  if (!hasHooks) return {};
  return {
    annotations: {
      'helm.sh/hook': hook,
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    },
  };
}
