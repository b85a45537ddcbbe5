{{/* A name is compared and cut: it must stay as it is. */}}
{{- define "mq.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "mq.elected" -}}
{{- if eq .Values.elected "true" -}}true{{- else -}}false{{- end -}}
{{- end -}}

{{- define "mq.conf" -}}
{{- range $name := .Values.groups }}
{{ $name }}.conf: |
  brokerName={{ $name }}
  flushDiskTyp=SYNC_FLUSH
  {{- if eq (include "mq.elected" $) "true" }}
  enableControllerMode=true
  {{- else }}
  brokerRole=ASYNC_MASTER
  {{- end }}
  namesrvAddr=names:9876
  {{- $.Values.extra | nindent 2 }}
{{- end }}
{{- end }}
