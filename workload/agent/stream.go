package agent

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// streamLook is how often a follower's stream looks for new records.
const streamLook = 100 * time.Millisecond

// serveLog sends a log from a byte on, follows it while it grows, and ends when the run is finished.
func (a *Agent) serveLog(w http.ResponseWriter, req *http.Request) {
	r, err := a.find(req.PathValue("id"))
	if err != nil {
		answer(w, nil, err)
		return
	}
	from, err := offsetOf(req, r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	file, err := os.Open(r.path)
	if err != nil {
		answer(w, nil, err)
		return
	}
	defer file.Close()
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	follow(w, req, file, r)
}

func offsetOf(req *http.Request, r *run) (int64, error) {
	text := req.URL.Query().Get("from")
	if text == "" {
		return 0, nil
	}
	from, err := strconv.ParseInt(text, 10, 64)
	if size := r.rec.Offset(); err != nil || from < 0 || from > size {
		return 0, withStatus(http.StatusRequestedRangeNotSatisfiable, fmt.Errorf("from=%q: the log of %s has %d bytes", text, r.config.ID, size))
	}
	return from, nil
}

// follow copies until the run is finished and everything is sent, or the client is gone.
func follow(w http.ResponseWriter, req *http.Request, file io.Reader, r *run) {
	control := http.NewResponseController(w)
	tick := time.NewTicker(streamLook)
	defer tick.Stop()
	for {
		finished := r.currentPhase() == agentapi.PhaseFinished // before the copy: what is written later is none
		if n, err := io.Copy(w, file); err != nil || (finished && n == 0) {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		r.heartbeat()
		select {
		case <-req.Context().Done():
			return
		case <-tick.C:
		}
	}
}
