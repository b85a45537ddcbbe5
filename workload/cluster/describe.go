package cluster

import (
	"net"
	"slices"
	"strconv"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// durability are the settings that decide what an acknowledgement promises, and how long a transaction is left open.
var durability = []string{
	"brokerRole", "flushDiskType", "inSyncReplicas", "totalReplicas", "minInSyncReplicas", "allAckInSyncStateSet",
	"enableAutoInSyncReplicas", "enableControllerMode", "enableDLegerCommitLog", "enableSlaveActingMaster", "slaveTimeout",
	"syncFlushTimeout", "transientStorePoolEnable", "storePathRootDir", "autoCreateTopicEnable",
	"transactionTimeOut", "transactionCheckInterval",
}

// permWrite is the bit of brokerPermission without which a broker refuses sends.
const permWrite = 2

func describeAll(answers []answer) []agentapi.Broker {
	list := make([]agentapi.Broker, len(answers))
	for i, a := range answers {
		list[i] = describe(a, answers)
	}
	return list
}

func describe(a answer, all []answer) agentapi.Broker {
	b := agentapi.Broker{Group: a.group, ID: a.id, Address: a.address, Role: agentapi.RoleSlave, Behind: -1, Epoch: -1}
	if a.leads() {
		b.Role = agentapi.RoleMaster
	}
	if a.err != nil {
		b.Error = a.err.Error()
		return b
	}
	b.Version, b.Epoch, b.Config = a.version, a.epoch, map[string]string{}
	for _, key := range durability {
		if value, ok := a.config[key]; ok {
			b.Config[key] = value
		}
	}
	if a.leads() {
		b.Behind, b.InSync, b.Connected, b.Writable = 0, true, len(a.ha.Connections) > 0, writable(a)
	} else {
		b.Connected, b.InSync, b.Behind = replication(a, all)
	}
	return b
}

// writable tells whether a master appends what is sent to it: its permission allows it, and, where a controller counts
// replicas, enough of them are in sync. A master that would only fail to acknowledge is writable.
func writable(a answer) bool {
	if permission, err := strconv.Atoi(a.config["brokerPermission"]); err == nil && permission&permWrite == 0 {
		return false
	}
	least, err := strconv.Atoi(a.config["minInSyncReplicas"])
	return err != nil || !a.elected() || 1+a.ha.InSyncSlaves >= least
}

// replication judges a slave by its master's word: a slave goes on to name its master when the connection is gone.
func replication(slave answer, all []answer) (connected, inSync bool, behind int64) {
	i := slices.IndexFunc(all, func(m answer) bool { return m.group == slave.group && m.leads() && m.err == nil })
	if i >= 0 && slave.raft() {
		return follows(all[i].end, slave.end)
	}
	if i < 0 || slave.ha.Client == nil {
		return false, false, -1
	}
	master := all[i]
	slaves := 0
	for _, a := range all {
		if a.group == slave.group && !a.leads() {
			slaves++
		}
	}
	c := connection(master.ha, slave.address)
	connected = c != nil || len(master.ha.Connections) >= slaves
	inSync = c != nil && c.InSync || master.ha.InSyncSlaves >= slaves
	return connected, inSync, max(0, master.ha.MaxOffset-slave.ha.Client.MaxOffset)
}

// follows judges a member of a Raft group by where its log ends. Each one that answers counts for the majority.
func follows(master, member int64) (connected, inSync bool, behind int64) {
	if master < 0 || member < 0 {
		return false, false, -1
	}
	return true, true, max(0, master-member)
}

// connection is the master's connection from a slave's host, nil where it has none.
func connection(master remoting.HAStatus, slave string) *remoting.HASlave {
	ip, _, err := net.SplitHostPort(slave)
	if err != nil {
		return nil
	}
	for i, c := range master.Connections {
		if host, _, err := net.SplitHostPort(c.Address); err == nil && host == ip {
			return &master.Connections[i]
		}
	}
	return nil
}
