package rules

import "github.com/rmqproof/rmqproof/audit/model"

// commitTwice is the finding O3: what a broker knows of ended transactions is written down late, and gone with its process.
var commitTwice = bug{
	id: "commit-twice", severity: Info, title: "Transactions that are stored twice after a crash",
	harm: "that a transaction was committed is written down only every transactionOpBatchInterval, and how far the broker is with asking about open ones only every " +
		"flushConsumerOffsetInterval: what was committed in the seconds before a crash is checked and stored again (measured: 68 of 253)",
	first: "5.1.0", last: "5.5.0", workaround: "transactionOpMsgMaxSize=1\nflushConsumerOffsetInterval=200", leads: true, on: "masters",
	source: "finding O3, docs/findings/commits-twice.md: measured on 5.1.0 and 5.5.0; none of 355 with transactionOpMsgMaxSize=1 and flushConsumerOffsetInterval=200, 1 of 370 with transactionOpBatchInterval=100",
	hits:   marksLate,
}

// marksLate says whether the end of a transaction stays in memory for more than a second: it is stored at once, together
// with where the questions stand, or at short intervals.
func marksLate(g *model.Group) bool {
	number := func(key string) int {
		n, known := g.Leader().Int(key)
		if !known {
			return 0 // nothing is said of what is not known
		}
		return n
	}
	atOnce := number("transactionOpMsgMaxSize") <= 1 && number("flushConsumerOffsetInterval") <= 1000
	return number("transactionOpBatchInterval") > 1000 && !atOnce
}
