package hand

import (
	"context"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
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
		if err != nil && len(answer) > 0 { // the helper's own words
			return nil, fmt.Errorf("%s (%w)", strings.TrimSpace(string(answer)), err)
		}
		return answer, err
	}
}
