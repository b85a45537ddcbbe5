package node

// LoseVerb removes a folder of the server's files and kills the server before it writes there again.
const LoseVerb = "lose"

// LoseArgs say which folder, as the container sees it.
type LoseArgs struct {
	Folder string `json:"folder"`
}

// PowerVerb takes the power from a server: what it had not synchronised to its disk is gone, and so is the server.
const PowerVerb = "power"

// PowerArgs say whose disk it is: a folder of the server's container.
type PowerArgs struct {
	Folder string `json:"folder"`
}

// Outage is what can be seen: the file system that was shut down, and what a write said afterwards. Empty: it was not.
type Outage struct {
	FileSystem string `json:"file_system,omitempty"`
	Device     string `json:"device,omitempty"`
	Refusal    string `json:"refusal,omitempty"`
}

// FillVerb takes the free space of a server's volume.
const FillVerb = "fill"

// FillArgs say whose volume it is, and what is left free.
type FillArgs struct {
	Folder string `json:"folder"` // of the server's container, the root of its volume
	Leave  int64  `json:"leave"`  // bytes
}

// Space is what can be seen: how much is free, and how much our file takes.
type Space struct {
	Free  int64 `json:"free"`
	Taken int64 `json:"taken"`
}
