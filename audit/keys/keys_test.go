package keys

import "testing"

func version(t *testing.T, text string) Version {
	t.Helper()
	v, ok := ParseVersion(text)
	if !ok {
		t.Fatalf("%q is no version", text)
	}
	return v
}

func TestVersionInATag(t *testing.T) {
	for tag, want := range map[string]string{
		"5.3.3": "5.3.3", "v4.9.7": "4.9.7", "5.2.0-alpine": "5.2.0", "4.5.0-alpine-operator-0.3.0": "4.5.0",
	} {
		if got := version(t, tag).String(); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
	for _, tag := range []string{"latest", "", "1.2.3", "15.1.0", "5.1"} {
		if v, ok := ParseVersion(tag); ok {
			t.Errorf("%q was read as %s", tag, v)
		}
	}
}

func TestFind(t *testing.T) {
	key, ok := Find(Broker, version(t, "5.1.0"), "brokerRole")
	if !ok || key.Default != "ASYNC_MASTER" || key.Check("MASTER") == nil || key.Check("SLAVE") != nil {
		t.Errorf("brokerRole: %+v", key)
	}
	if key, _ := Find(Broker, version(t, "5.3.1"), "listenPort"); key.Default != "10911" {
		t.Errorf("a broker listens on %s", key.Default)
	}
	if _, ok := Find(Broker, version(t, "5.1.0"), "storePathConsumeQueue"); ok {
		t.Error("storePathConsumeQueue is no key of a broker")
	}
	if _, ok := Find(Broker, version(t, "5.1.0"), "authenticationEnabled"); ok {
		t.Error("5.1.0 has no ACL 2.0")
	}
	if _, ok := Find(Broker, version(t, "5.3.0"), "authenticationEnabled"); !ok {
		t.Error("5.3.0 lies between two releases of the table and must get the benefit of the doubt")
	}
}

func TestNearest(t *testing.T) {
	v := version(t, "5.3.3")
	for typed, want := range map[string]string{"inSyncReplica": "inSyncReplicas", "flushdiskType": "flushDiskType", "qqqqqq": ""} {
		if got := Nearest(Broker, v, typed); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	if server, _ := Elsewhere(NameServer, v, "inSyncReplicas"); server != Broker {
		t.Errorf("inSyncReplicas belongs to %q", server)
	}
}

func TestCheckOfValues(t *testing.T) {
	v := version(t, "5.3.3")
	for _, c := range []struct {
		key, value string
		ok         bool
	}{
		{"brokerId", "1", true}, {"brokerId", "1 ", false}, {"brokerId", "1 # slave", false},
		{"slaveReadEnable", "TRUE", true}, {"slaveReadEnable", "yes", false}, {"flushDiskType", "SYNC_FLUSH", true},
		{"flushDiskType", "SYNC", false},
	} {
		key, _ := Find(Broker, v, c.key)
		if err := key.Check(c.value); (err == nil) != c.ok {
			t.Errorf("%s=%q: %v", c.key, c.value, err)
		}
	}
}
