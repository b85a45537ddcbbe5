package history

// records holds one record of each frequent kind, for readers that look at one record at a time.
type records struct {
	send    Send
	found   Found
	deliver Deliver
	probe   Probe
}

// Each next gives a new record, or the one to be written over.

func (r *records) nextSend() *Send {
	if r == nil {
		return &Send{}
	}
	r.send = Send{}
	return &r.send
}

func (r *records) nextFound() *Found {
	if r == nil {
		return &Found{}
	}
	r.found = Found{}
	return &r.found
}

func (r *records) nextDeliver() *Deliver {
	if r == nil {
		return &Deliver{}
	}
	r.deliver = Deliver{}
	return &r.deliver
}

func (r *records) nextProbe() *Probe {
	if r == nil {
		return &Probe{}
	}
	r.probe = Probe{}
	return &r.probe
}
