package control_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
)

// serve answers reads of the fake cluster over HTTP, and fails the test on any write.
func serve(t *testing.T, f *fake.Cluster) *rest.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("the cluster was sent %s %s", r.Method, r.URL)
		}
		out, err := f.Read(r.URL.Path, r.URL.Query().Get("fieldSelector"))
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
			out = json.RawMessage(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

func TestNoFaultIsConfirmedWhereNothingWasDone(t *testing.T) {
	for _, fault := range control.Faults(fake.ImageB) {
		t.Run(strings.NewReplacer(" ", "-", "/", "-").Replace(fault.Name()), func(t *testing.T) {
			t.Parallel()
			f := fake.New(t)
			if strings.HasPrefix(fault.Name(), "move") {
				f.Share()
			}
			before := f.State()
			ctx := chaos.WithPatience(t.Context(), fake.Patience)
			r := control.Check(ctx, fault, f, serve(t, f))
			if err := r.Err(); err != nil {
				t.Error(err)
			}
			if got := f.State(); !maps.Equal(before, got) {
				t.Errorf("the control changed the cluster: %v, before %v", got, before)
			}
		})
	}
}

func TestARefusalIsNoControl(t *testing.T) {
	f := fake.New(t)
	r := control.Check(t.Context(), change.Upgrade{To: fake.ImageA}, f, serve(t, f))
	if r.Err() == nil || !strings.Contains(r.Err().Error(), "did not take place") {
		t.Errorf("%+v", r)
	}
}
