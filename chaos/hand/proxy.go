package hand

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// byProxy asks through the API server's pod proxy, which needs no port of the node and no way into the pod network.
func byProxy(client kubernetes.Interface) Ask {
	return func(ctx context.Context, pod *corev1.Pod, path string, body []byte) ([]byte, error) {
		answer, err := client.CoreV1().RESTClient().Post().
			Namespace(pod.Namespace).Resource("pods").Name(fmt.Sprintf("%s:%d", pod.Name, port)).SubResource("proxy").
			Suffix(strings.TrimPrefix(path, "/")).
			SetHeader(node.TokenHeader, tokenOf(pod)).SetHeader("Content-Type", "application/json").
			Body(body).Do(ctx).Raw()
		if err != nil {
			return nil, inItsWords(err)
		}
		return answer, nil
	}
}

// inItsWords finds what the helper itself said: the client knows it and does not show it.
func inItsWords(err error) error {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return err
	}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeUnexpectedServerResponse && cause.Message != "" {
			return fmt.Errorf("%s (%w)", strings.TrimSpace(cause.Message), err)
		}
	}
	return err
}
