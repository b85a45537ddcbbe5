//go:build linux

package node

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"

	"github.com/rmqproof/rmqproof/chaos"
)

// Handler serves the API to those who know the token.
func (h *Helper) Handler(token string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+PathAlive, func(w http.ResponseWriter, _ *http.Request) { answer(w, Alive{h.holds()}, nil) })
	mux.HandleFunc("POST "+PathAct, onAct(func(ctx context.Context, a chaos.Act) (any, error) { return nil, h.act(ctx, a) }))
	mux.HandleFunc("POST "+PathUndo, onAct(func(ctx context.Context, a chaos.Act) (any, error) { return nil, h.release(ctx, a) }))
	mux.HandleFunc("POST "+PathSee, onAct(h.see))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get(TokenHeader)), []byte(token)) != 1 {
			http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
			return
		}
		h.hear()
		mux.ServeHTTP(w, r)
	})
}

func onAct(do func(context.Context, chaos.Act) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var a chaos.Act
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			http.Error(w, "reading the act: "+err.Error(), http.StatusBadRequest)
			return
		}
		// An act that was begun is finished, also when its caller has lost the connection.
		out, err := do(context.WithoutCancel(r.Context()), a)
		answer(w, out, err)
	}
}

func answer(w http.ResponseWriter, out any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // the connection is the caller's matter
}
