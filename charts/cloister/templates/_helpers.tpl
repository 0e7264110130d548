{{- define "cloister.labels" -}}
app.kubernetes.io/name: cloister
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The operator's pods, and nothing else's. */}}
{{- define "cloister.operatorSelector" -}}
app.kubernetes.io/name: cloister
app.kubernetes.io/component: operator
{{- end }}

{{/* Egress rules to the API server. */}}
{{- define "cloister.toApiServer" -}}
{{- $addresses := .Values.apiServer.addresses }}
{{- if not $addresses }}
  {{- $slice := lookup "discovery.k8s.io/v1" "EndpointSlice" "default" "kubernetes" }}
  {{- range $endpoint := $slice.endpoints }}
    {{- range $ip := $endpoint.addresses }}
      {{- range $port := $slice.ports }}
        {{- $addresses = append $addresses (dict "ip" $ip "port" $port.port) }}
      {{- end }}
    {{- end }}
  {{- end }}
{{- end }}
{{- if not $addresses }}
  {{- fail "\n\nThe addresses of the API server are unknown here: set apiServer.addresses, for example with\n  --set apiServer.addresses[0].ip=10.0.0.10 --set apiServer.addresses[0].port=6443\n`kubectl get endpointslices kubernetes` shows them.\n" }}
{{- end }}
{{- range $addresses }}
- to:
    - ipBlock:
        cidr: {{ .ip }}/{{ if contains ":" .ip }}128{{ else }}32{{ end }}
  ports:
    - protocol: TCP
      port: {{ .port }}
{{- end }}
{{- end }}

{{/* The isolation targets by name, as YAML. */}}
{{- define "cloister.targets" -}}
{{- $targets := .Values.isolation.targets }}
{{- if not $targets }}
  {{- $api := lookup "v1" "Service" "default" "kubernetes" }}
  {{- $dns := lookup "v1" "Service" "kube-system" "kube-dns" }}
  {{- if not (and $api $dns) }}
    {{- fail "\n\nThe Services default/kubernetes and kube-system/kube-dns cannot be looked up here: set isolation.targets, for example with\n  --set isolation.targets.api=tcp://10.96.0.1:443 --set isolation.targets.dns=dns://10.96.0.10:53\n" }}
  {{- else }}
    {{- $targets = dict "api" (include "cloister.address" (list "tcp" $api)) "dns" (include "cloister.address" (list "dns" $dns)) }}
  {{- end }}
{{- end }}
{{- toYaml $targets }}
{{- end }}

{{/* SCHEME://ADDRESS:PORT of a Service's first port. */}}
{{- define "cloister.address" -}}
{{- $service := index . 1 }}
{{- $ip := $service.spec.clusterIP }}
{{- printf "%s://%s:%d" (index . 0) (contains ":" $ip | ternary (printf "[%s]" $ip) $ip) ((index $service.spec.ports 0).port | int) }}
{{- end }}
