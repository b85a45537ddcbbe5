package control

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// inert answers every write as the API server would and sends none of them: a deletion succeeds, what is created comes
// back, what is changed comes back as it is.
func inert(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			return next.RoundTrip(r)
		case http.MethodPut, http.MethodPatch:
			return unchanged(next, r)
		case http.MethodPost:
			return created(r)
		case http.MethodDelete:
			return answer(r, http.StatusOK, []byte(`{"kind":"Status","apiVersion":"v1","status":"Success"}`)), nil
		}
		return nil, fmt.Errorf("the negative control does not know what %s would do", r.Method)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func unchanged(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	get := r.Clone(r.Context())
	get.Method, get.Body, get.ContentLength, get.URL.RawQuery = http.MethodGet, nil, 0, ""
	get.Header.Del("Content-Type")
	return next.RoundTrip(get)
}

func created(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return answer(r, http.StatusCreated, body), r.Body.Close()
}

func answer(r *http.Request, code int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: code, Status: fmt.Sprintf("%d %s", code, http.StatusText(code)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)), Request: r,
	}
}
