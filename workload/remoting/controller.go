package remoting

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// MasterID is the id under which NameServers list a group's master, in every mode: an elected master registers as 0 too.
// It says nothing about which process that is.
const MasterID = 0

// LastEpoch is the newest epoch in a broker's epoch file. Brokers outside controller mode answer with a *CodeError.
func LastEpoch(ctx context.Context, broker Peer) (int64, error) {
	var cache struct {
		Epochs []struct {
			Epoch int64 `json:"epoch"`
		} `json:"epochList"`
	}
	if err := callJSON(ctx, broker, newCommand(reqEpochCache, nil, nil), &cache); err != nil {
		return -1, err
	}
	last := int64(-1)
	for _, e := range cache.Epochs {
		last = max(last, e.Epoch)
	}
	return last, nil
}

// ControllerMetadata is what one controller says of its Raft group.
type ControllerMetadata struct {
	Group         string
	LeaderID      string            // empty while there is none
	LeaderAddress string            // host:port
	Leader        bool              // whether this controller is it
	Peers         map[string]string // host:port by id
}

// Metadata asks a controller. Every controller answers, the leader or not.
func Metadata(ctx context.Context, controller Peer) (ControllerMetadata, error) {
	response, err := call(ctx, controller, newCommand(reqControllerMetadata, nil, nil))
	if err != nil {
		return ControllerMetadata{}, err
	}
	f := response.ExtFields
	m := ControllerMetadata{Group: f["group"], LeaderID: f["controllerLeaderId"], LeaderAddress: f["controllerLeaderAddress"], Peers: map[string]string{}}
	if m.Leader, err = strconv.ParseBool(f["isLeader"]); err != nil {
		return m, fmt.Errorf("the controller's answer does not say whether it leads: %w", err)
	}
	for peer := range strings.SplitSeq(f["peers"], ";") {
		if id, address, ok := peerOf(peer); ok {
			m.Peers[id] = address
		}
	}
	return m, nil
}

// peerOf reads "id:host:port", as DLedger's controllers say it, or "host:port", as jRaft's do: the address is the id then.
func peerOf(peer string) (id, address string, ok bool) {
	id, address, ok = strings.Cut(peer, ":")
	if ok && !strings.Contains(address, ":") {
		return peer, peer, true
	}
	return id, address, ok
}

// Replica is a broker as a controller knows it. The address is missing where the controller does not say it.
type Replica struct {
	ID         int64  `json:"brokerId"`
	Address    string `json:"brokerAddress"`
	OldAddress string `json:"address"` // 5.1.0's name of the field
}

// At is the replica's address.
func (r Replica) At() string {
	if r.Address == "" {
		return r.OldAddress
	}
	return r.Address
}

// SyncStateSet is what a controller knows of one broker group.
type SyncStateSet struct {
	MasterID      int64     `json:"masterBrokerId"` // 0 in 5.1.0, which does not say it
	MasterAddress string    `json:"masterAddress"`  // empty while the group has no master
	MasterEpoch   int64     `json:"masterEpoch"`
	Epoch         int64     `json:"syncStateSetEpoch"`
	InSync        []Replica `json:"inSyncReplicas"`
	NotInSync     []Replica `json:"notInSyncReplicas"`
}

// SyncStateSets asks the leading controller about broker groups. Others refuse with a *CodeError.
func SyncStateSets(ctx context.Context, controller Peer, groups []string) (map[string]SyncStateSet, error) {
	body, err := json.Marshal(groups)
	if err != nil {
		return nil, err
	}
	var info struct {
		Table map[string]SyncStateSet `json:"replicasInfoTable"`
	}
	err = callJSON(ctx, controller, newCommand(reqSyncStateData, nil, body), &info)
	return info.Table, err
}
