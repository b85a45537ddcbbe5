package audit

import "github.com/rmqproof/rmqproof/audit/model"

// single says whether everything is a single broker with one NameServer at most.
func single(m *model.Model) bool {
	brokers := 0
	for _, c := range m.Clusters {
		if len(c.Brokers) > 1 || model.Pods(c.NameServers) > 1 {
			return false
		}
		brokers += len(c.Brokers)
	}
	return brokers > 0
}
