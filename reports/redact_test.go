package reports

import (
	"encoding/json"
	"strings"
	"testing"
)

// canary is a secret that must not survive in any of the places where evidence keeps its secrets.
const canary = "Canary7xQ2"

func TestRedactLeavesNoCanary(t *testing.T) {
	for name, text := range map[string]string{
		"properties":          "accessKey=" + canary + "\nsecretKey = " + canary + "\n",
		"yaml":                "acl:\n  secretKey: " + canary + "\n  password: '" + canary + "'\n",
		"yaml list item":      "accounts:\n- accessKey: " + canary + "\n  secretKey: \"" + canary + "\"\n",
		"yaml block":          "token: |\n    " + canary + "\n    " + canary + "\nnext: 1\n",
		"json":                `{"accessKey":"` + canary + `","secret_key": "` + canary + `"}`,
		"json number":         `{"password":7733` + `,"x":"y"}`,
		"json in a string":    `{"conf":"{\"secretKey\":\"` + canary + `\"}"}`,
		"kubernetes env yaml": "- name: ROCKETMQ_SECRET_KEY\n  value: " + canary + "\n",
		"kubernetes env json": `{"name": "ACL_PASSWORD", "value": "` + canary + `"}`,
		"java option":         "-Drocketmq.client.secretKey=" + canary + " -Xmx1g",
		"option":              "mqadmin --secret-key " + canary + " -n x",
		"environment":         "ROCKETMQ_PASSWORD=" + canary,
		"xml":                 "<secretKey>" + canary + "</secretKey>",
		"header":              "Authorization: Bearer " + canary + canary,
		"url":                 "jdbc https://user:" + canary + "@host/x",
		"web token":           "got eyJ" + canary + "." + canary + "." + canary,
		"private key":         "-----BEGIN RSA PRIVATE KEY-----\n" + canary + "\n-----END RSA PRIVATE KEY-----",
		"torn private key":    "-----BEGIN PRIVATE KEY-----\n" + canary + "\n",
		"kubeconfig":          "    client-key-data: " + canary + "\n",
	} {
		got := string(Redact([]byte(text)))
		if strings.Contains(got, canary) || strings.Contains(got, "7733") {
			t.Errorf("%s: the secret survives in %q", name, got)
		}
		if !strings.Contains(got, hidden) {
			t.Errorf("%s: nothing marks what was taken away: %q", name, got)
		}
	}
}

func TestRedactKeepsWhatIsNoSecret(t *testing.T) {
	for _, text := range []string{
		"brokerRole=SYNC_MASTER\nflushDiskType=SYNC_FLUSH\ninSyncReplicas=2\n",
		"brokerClusterName: DefaultCluster\nnamesrvAddr: nameserver-0:9876;nameserver-1:9876\n",
		"automountServiceAccountToken: false\n",
		"2026-01-01 12:00:00 INFO key=k3 queue=3 offset=77",
		"http://nameserver:9876/path@2x",
	} {
		if got := string(Redact([]byte(text))); got != text {
			t.Errorf("changed %q into %q", text, got)
		}
	}
}

func TestRedactKeepsJSONReadable(t *testing.T) {
	for _, text := range []string{`{"password":7733,"keep":1}`, `{"a":{"token":"x\"y","keep":[1]}}`, `{"conf":"{\"secretKey\":\"q\"}","keep":1}`} {
		var v map[string]any
		if err := json.Unmarshal(Redact([]byte(text)), &v); err != nil {
			t.Errorf("%s became %s: %v", text, Redact([]byte(text)), err)
		}
	}
}

func TestRedactKnownSecret(t *testing.T) {
	if got := string(Redact([]byte("logged in as "+canary+"!"), canary, "")); got != "logged in as "+hidden+"!" {
		t.Errorf("got %q", got)
	}
}

func TestRedactIsStable(t *testing.T) {
	once := Redact([]byte("secretKey=a password: \"b\" token: |\n   c\n"))
	if twice := Redact(once); string(twice) != string(once) {
		t.Errorf("first %q, then %q", once, twice)
	}
}
