package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestObjectLosesItsSecretsAndNothingElse(t *testing.T) {
	const text = `{
	"spec": {"containers": [{"name": "broker", "env": [{"name": "MQ_SECRET_KEY", "value": "Planted7xQ2"}, {"name": "JAVA_OPT_EXT", "value": "-Xmx1g"}],
		"args": ["--password=Planted7xQ2", "plain"]}],
		"volumes": [{"secret": {"secretName": "keys"}}], "automountServiceAccountToken": false},
	"data": {"broker.conf": "brokerId=0\nsecretKey=Planted7xQ2\n", "rootPassword": "Planted7xQ2", "empty_token": ""}}`
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	Object(v)
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), planted) {
		t.Errorf("the secret survives in %s", out)
	}
	for _, kept := range []string{`"value":"-Xmx1g"`, `"secretName":"keys"`, `brokerId=0\nsecretKey=REDACTED\n`, `"plain"`, `"MQ_SECRET_KEY"`, `"empty_token":""`} {
		if !strings.Contains(string(out), kept) {
			t.Errorf("%s is not kept in %s", kept, out)
		}
	}
}

func TestMapLosesSecrets(t *testing.T) {
	got := Map(map[string]string{"secretKey": planted, "brokerRole": "SYNC_MASTER", "conf": "password=" + planted})
	if got["secretKey"] != Mark || got["brokerRole"] != "SYNC_MASTER" || strings.Contains(got["conf"], planted) {
		t.Errorf("got %v", got)
	}
}
