package model

import "strings"

// The operator's images write their broker.conf before they start the broker. These scripts do what theirs do, so that
// a plain StatefulSet with such an image is followed like any other start command.
const (
	// startFromCommon is that of the operator from 0.3.0 on: the mounted broker-common.conf less the identity, which
	// comes from the environment; every broker but the one with id 0 becomes a slave.
	startFromCommon = `conf=$ROCKETMQ_HOME/conf/broker.conf
sed -e '/brokerClusterName/d;/brokerName/d;/brokerId/d' $ROCKETMQ_HOME/conf/broker-common.conf > $conf
echo >> $conf
echo "brokerClusterName=$BROKER_CLUSTER_NAME" >> $conf
echo "brokerName=$BROKER_NAME" >> $conf
echo "brokerId=$BROKER_ID" >> $conf
if [ "$BROKER_ID" != 0 ]; then
  sed -i 's/brokerRole=.*/brokerRole=SLAVE/g' $conf
fi
if [ "${enableControllerMode}" = "true" ]; then
  echo "enableControllerMode=true" >> $conf
  echo "controllerAddr=${controllerAddr}" >> $conf
fi
./mqbroker -n $NAMESRV_ADDR -c $conf
`
	// startFromVariables is that of the operator before 0.3.0, which knows no file of the user.
	startFromVariables = `conf=$ROCKETMQ_HOME/conf/broker.conf
role=SLAVE
if [ "$BROKER_ID" = 0 ]; then
  if [ "$REPLICATION_MODE" = SYNC ]; then role=SYNC_MASTER; else role=ASYNC_MASTER; fi
fi
echo "brokerClusterName=$BROKER_CLUSTER_NAME" > $conf
echo "brokerName=$BROKER_NAME" >> $conf
echo "brokerId=$BROKER_ID" >> $conf
echo "brokerRole=$role" >> $conf
echo "flushDiskType=ASYNC_FLUSH" >> $conf
./mqbroker -n $NAMESRV_ADDR -c $conf
`
)

// early says whether an image belongs to the operator before 0.3.0.
func (i Image) early() bool {
	return strings.HasPrefix(i.Repository, "rocketmqinc/") || strings.Contains(i.Tag, "operator-0.2") || strings.Contains(i.Tag, "operator-0.1")
}

// script returns a file of the operator's image that decides what the broker reads.
func (i Image) script(name string) (string, bool) {
	if i.layout == nil || len(i.layout.start) == 0 {
		return "", false
	}
	switch strings.TrimPrefix(name, i.Home()+"/") {
	case "bin/brokerStart.sh":
		if i.early() {
			return startFromVariables, true
		}
		return startFromCommon, true
	case "conf/broker-common.conf":
		return "", true // absent unless it is mounted; the script goes on without it
	}
	return "", false
}
