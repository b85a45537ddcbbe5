package node

// FolderArgs say whose volume it is: a folder of the server's container.
type FolderArgs struct {
	Folder string `json:"folder"`
}

// LoseVerb removes a folder of the server's files and kills the server before it writes there again.
const LoseVerb = "lose"

// LoseArgs say which folder, as the container sees it.
type LoseArgs struct {
	Folder string `json:"folder"`
	// Whole takes all that a store holds, and leaves the folder: it may be where a volume is mounted.
	Whole bool `json:"whole,omitempty"`
}

// EmptyVerb empties one of a broker's small files and kills the server before it writes it again.
const EmptyVerb = "empty"

// EmptyArgs say which file, below the store.
type EmptyArgs struct {
	FolderArgs
	File string `json:"file"`
}

// Emptied is what was seen while the server was stopped: the file, and its size before and after. Empty: nothing was done.
type Emptied struct {
	File string `json:"file,omitempty"`
	Had  int64  `json:"had"`
	Left int64  `json:"left"`
}

// PowerVerb takes the power from a server: what it had not synchronised to its disk is gone, and so is the server.
const PowerVerb = "power"

// PowerArgs say whose disk it is.
type PowerArgs struct {
	FolderArgs
	DiskAlone bool `json:"disk_alone,omitempty"` // the server has power and goes on
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
	FolderArgs       // the root of its volume
	Leave      int64 `json:"leave"` // bytes
}

// Space is what can be seen: how much is free, and how much our file takes.
type Space struct {
	Free  int64 `json:"free"`
	Taken int64 `json:"taken"`
}

// Stuck is how many threads of a server wait for a disk, and did not go on between two looks.
type Stuck struct {
	Threads int    `json:"threads"`
	Rule    string `json:"rule,omitempty"` // what holds them back, as the kernel tells it
	Gone    bool   `json:"gone"`
}

// HangVerb freezes the file system of a server's volume: whoever writes there waits, and nobody is told.
const HangVerb = "hang"

// SlowVerb lets a server write to its disk so often a second, and no more.
const SlowVerb = "slow"

// SlowArgs say whose disk it is, and how often it may be written to.
type SlowArgs struct {
	FolderArgs
	Writes int `json:"writes"` // a second
}

// ReadOnlyVerb makes the file system of a server's volume go read-only, as ext4 does by itself once its disk has failed.
const ReadOnlyVerb = "readonly"

// ReadOnlySeen is what can be seen: what a write to the volume says, and whether it can be read.
type ReadOnlySeen struct {
	Refusal  string `json:"refusal,omitempty"`
	Readable bool   `json:"readable"`
}

// InodesVerb takes every inode of a server's volume: no further file can be made there, while there is space.
const InodesVerb = "inodes"

// Inodes is what can be seen: how many are free, and whether ours are there.
type Inodes struct {
	Free  uint64 `json:"free"`
	Taken bool   `json:"taken"`
}

// RotVerb changes one byte of a message that a broker wrote long ago.
const RotVerb = "rot"

// Rotten is what can be seen: which byte of which file was changed, and what it is now.
type Rotten struct {
	File string `json:"file,omitempty"`
	At   int64  `json:"at"`
	Was  byte   `json:"was"`
	Is   byte   `json:"is"`
}
