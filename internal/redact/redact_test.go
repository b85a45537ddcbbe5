package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

// planted is a secret that must not survive in any of the places where evidence keeps its secrets.
const planted = "Planted7xQ2"

func TestRedactLeavesNoSecret(t *testing.T) {
	for name, text := range map[string]string{
		"properties":          "accessKey=" + planted + "\nsecretKey = " + planted + "\n",
		"yaml":                "acl:\n  secretKey: " + planted + "\n  password: '" + planted + "'\n",
		"yaml list item":      "accounts:\n- accessKey: " + planted + "\n  secretKey: \"" + planted + "\"\n",
		"yaml block":          "token: |\n    " + planted + "\n    " + planted + "\nnext: 1\n",
		"json":                `{"accessKey":"` + planted + `","secret_key": "` + planted + `"}`,
		"json number":         `{"password":7733` + `,"x":"y"}`,
		"json in a string":    `{"conf":"{\"secretKey\":\"` + planted + `\"}"}`,
		"kubernetes env yaml": "- name: ROCKETMQ_SECRET_KEY\n  value: " + planted + "\n",
		"kubernetes env json": `{"name": "ACL_PASSWORD", "value": "` + planted + `"}`,
		"java option":         "-Drocketmq.client.secretKey=" + planted + " -Xmx1g",
		"option":              "mqadmin --secret-key " + planted + " -n x",
		"environment":         "ROCKETMQ_PASSWORD=" + planted,
		"xml":                 "<secretKey>" + planted + "</secretKey>",
		"header":              "Authorization: Bearer " + planted + planted,
		"url":                 "jdbc https://user:" + planted + "@host/x",
		"web token":           "got eyJ" + planted + "." + planted + "." + planted,
		"private key":         "-----BEGIN RSA PRIVATE KEY-----\n" + planted + "\n-----END RSA PRIVATE KEY-----",
		"torn private key":    "-----BEGIN PRIVATE KEY-----\n" + planted + "\n",
		"kubeconfig":          "    client-key-data: " + planted + "\n",
	} {
		got := String(text)
		if strings.Contains(got, planted) || strings.Contains(got, "7733") {
			t.Errorf("%s: the secret survives in %q", name, got)
		}
		if !strings.Contains(got, Mark) {
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
		if got := String(text); got != text {
			t.Errorf("changed %q into %q", text, got)
		}
	}
}

func TestRedactKeepsJSONReadable(t *testing.T) {
	for _, text := range []string{`{"password":7733,"keep":1}`, `{"a":{"token":"x\"y","keep":[1]}}`, `{"conf":"{\"secretKey\":\"q\"}","keep":1}`} {
		var v map[string]any
		if err := json.Unmarshal(Bytes([]byte(text)), &v); err != nil {
			t.Errorf("%s became %s: %v", text, Bytes([]byte(text)), err)
		}
	}
}

func TestRedactKnownSecret(t *testing.T) {
	if got := string(Bytes([]byte("logged in as "+planted+"!"), planted, "")); got != "logged in as "+Mark+"!" {
		t.Errorf("got %q", got)
	}
}

func TestRedactIsStable(t *testing.T) {
	once := Bytes([]byte("secretKey=a password: \"b\" token: |\n   c\n"))
	if twice := Bytes(once); string(twice) != string(once) {
		t.Errorf("first %q, then %q", once, twice)
	}
}

// A text is looked through for hints first: each thing that makes it suspicious has one.
func TestEverySuspicionHasAHint(t *testing.T) {
	for _, text := range []string{"accessKey", "ACCESS_KEY", "access.key", "Secret", "PASSWD", "passphrase", "Token", "CREDENTIALS", "private key",
		"PRIVATE-KEY", "Authorization", "client-key-data", "apiKey", "API-KEY", "initAuthenticationUser", "Bearer", "BASIC", "amqp://", "eyJhbGci"} {
		if !suspicious.MatchString(text) || !suspect([]byte("before "+text+" after")) {
			t.Errorf("%q is passed over", text)
		}
	}
	if suspect([]byte("2026-11-28 INFO main - load over, and the max phy offset = 16996788")) {
		t.Error("an ordinary line is suspicious")
	}
}
