package facts

// Filter says of most things quickly that they are not in a set: a history is read again for few of its records.
type Filter [1 << 10]uint64

// Add takes the hash of something.
func (f *Filter) Add(hash uint64) { f[hash>>6&(1<<10-1)] |= 1 << (hash & 63) }

// May reports whether something with this hash may have been added.
func (f *Filter) May(hash uint64) bool { return f[hash>>6&(1<<10-1)]&(1<<(hash&63)) != 0 }

// Hash is that of an id.
func (m ID) Hash() uint64 { return spread(m.Seq ^ uint64(m.Producer)<<40) }

// HashOf is that of a place in a queue, whatever its topic and broker group: hashing names would take longer.
func HashOf(queue int32, offset int64) uint64 { return spread(uint64(offset) ^ uint64(queue)<<40) }

func spread(x uint64) uint64 { return x * 0x9E3779B97F4A7C15 >> 40 }
