{{- define "rmq.names" -}}
{{- $name := .Release.Name -}}
{{- range $i := until (int .Values.nameservers) }}{{ if $i }};{{ end }}{{ $name }}-ns-{{ $i }}.{{ $name }}-ns:9876{{ end -}}
{{- end }}
{{- define "rmq.image" -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end }}
