package node

// LimitVerb lowers a limit of a container's control group.
const LimitVerb = "limit"

// What may be limited.
const (
	CPU     = "cpu"
	Threads = "pids"
)

// LimitArgs say to what, and from what. A helper that did not lower the limit can so raise it again.
type LimitArgs struct {
	Of     string `json:"of"`
	To     int64  `json:"to"`     // CPU: thousandths of a core; Threads: 0: as many as there are
	Before int64  `json:"before"` // in the same measure, as it was; 0: none
}

// Limited is what can be seen of a limit.
type Limited struct {
	Limit int64 `json:"limit"` // now; 0: none
	Used  int64 `json:"used"`  // Threads: that there are
	Hits  int64 `json:"hits"`  // how often it was met since the container started
	Gone  bool  `json:"gone"`
}

// FilesVerb leaves a server no number for another file or connection.
const FilesVerb = "files"

// FilesSeen is what can be seen of a server's limit, and of the numbers below it.
type FilesSeen struct {
	Soft uint64 `json:"soft"` // limit
	Hard uint64 `json:"hard"`
	Free uint64 `json:"free"` // numbers below the soft limit that nothing has: so many more files can be opened
	Gone bool   `json:"gone"`
}

// MemoryVerb makes a container run out of memory.
const MemoryVerb = "memory"

// MemoryArgs say what limit the pod's specification gives, in bytes; 0: none.
type MemoryArgs struct {
	Before int64 `json:"before"`
}
