{{- define "dialplane.labels" -}}
app.kubernetes.io/name: dialplane
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "dialplane.selector" -}}
app.kubernetes.io/name: dialplane
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "dialplane.image" -}}
{{ .root.Values.image.registry }}/{{ .image }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* What every pod of the system has: the standard "restricted", spread over nodes and zones. */}}
{{- define "dialplane.pod" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
enableServiceLinks: false
{{- with .root.Values.priorityClass.name }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "dialplane.selector" . | nindent 8 }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "dialplane.selector" . | nindent 8 }}
{{- end }}

{{- define "dialplane.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "dialplane.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{/* Endpoints forget a pod within this time; only then it is told to end, so that nothing new is sent to one that ends. */}}
{{- define "dialplane.lifecycle" -}}
lifecycle:
  preStop: {sleep: {seconds: 5}}
{{- end }}

{{/* A pod's own certificate, once the operator has issued it. */}}
{{- define "dialplane.tls" -}}
{{- if .root.Values.tls.enabled }}
- name: tls
  secret:
    secretName: dialplane-{{ .component }}-tls
    defaultMode: 0440
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
      - {key: ca.crt, path: ca.crt}
{{- end }}
{{- end }}

{{/* Gives the operator a ClusterRole in the namespaces with pools: those of the values, or all. */}}
{{- define "dialplane.bindings" -}}
{{- $role := .role }}
{{- $system := .root.Release.Namespace }}
{{- range .root.Values.operator.namespaces | default (list "") }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ if . }}RoleBinding{{ else }}ClusterRoleBinding{{ end }}
metadata:
  name: {{ $role }}
  {{- with . }}
  namespace: {{ . }}
  {{- end }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $role }}
subjects:
  - kind: ServiceAccount
    name: dialplane-operator
    namespace: {{ $system }}
{{- end }}
{{- end }}

{{- define "dialplane.identity" -}}
- name: DIALPLANE_POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: DIALPLANE_POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: DIALPLANE_POD_UID
  valueFrom: {fieldRef: {fieldPath: metadata.uid}}
- name: DIALPLANE_POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
{{- end }}
