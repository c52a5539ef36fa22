/** A web server on every node, and a Service for them, used by the tests and the demo. */
export const webManifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{ operator: Exists }]
      containers:
        - name: web
          image: rancher/lab-testbox:1
          env: [{ name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }]
          command: [/bin/sh, -c, "mkdir -p /www && echo hello from $NODE > /www/index.html && echo serving on $NODE && exec httpd -f -p 8080 -h /www"]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

/**
 * A web server that people would run: two pods on two nodes, of which one always serves, and that still answer for a moment when
 * they are to end, because nodes learn later that they do.
 */
export const shopManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      terminationGracePeriodSeconds: 15
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { labelSelector: { matchLabels: { app: shop } }, topologyKey: kubernetes.io/hostname }
      containers:
        - name: shop
          image: rancher/lab-testbox:1
          command: [/bin/sh, -c, "mkdir -p /www && echo shop > /www/index.html && trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait"]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
          lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: shop }
spec: { minAvailable: 1, selector: { matchLabels: { app: shop } } }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
`;
