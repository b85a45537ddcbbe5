package plot

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const (
	// exactLimit is how many sends are drawn one by one: the default load of 200 a second for 100 s.
	exactLimit = 20_000
	// cellColumns and cellLimit bound the cells that stand for the sends of a larger run.
	cellColumns = 1024
	cellLimit   = 40_000
	// rowsPerDecade is the cells' resolution of latency: 24 rows are steps of 10 %.
	rowsPerDecade = 24
)

// point is one send, or the sends of one cell: their number, and the slowest of them.
type point struct {
	at      time.Duration
	latency time.Duration
	outcome history.Outcome
	count   int64
}

type cellKey struct {
	row     int16
	outcome history.Outcome
}

type cell struct {
	count   int64
	slowest time.Duration
}

type cellColumn map[cellKey]cell

// scatter keeps the latency of every send: one by one up to exactLimit, after that in cells of time and
// latency which keep their number and their slowest. No send is left out at any size.
type scatter struct {
	exact []point
	cells *fold[cellColumn]
	used  int
}

func (s *scatter) add(p point) {
	p.latency = max(p.latency, 0)
	p.at = max(p.at, 0)
	if s.cells == nil && len(s.exact) < exactLimit {
		s.exact = append(s.exact, p)
		return
	}
	if s.cells == nil {
		s.toCells()
	}
	s.put(p)
}

func (s *scatter) toCells() {
	s.cells = newFold(cellColumns, mergeCells)
	for _, p := range s.exact {
		s.put(p)
	}
	s.exact = nil
}

func (s *scatter) put(p point) {
	width := s.cells.width
	col := s.cells.at(p.at)
	if *col == nil {
		*col = cellColumn{}
	}
	before := len(*col)
	k := cellKey{latencyRow(p.latency), p.outcome}
	(*col)[k] = (*col)[k].with(cell{p.count, p.latency})
	s.used += len(*col) - before
	if s.used > cellLimit && len(s.cells.cols) > 1 {
		s.cells.halve()
	}
	if s.cells.width != width {
		s.used = s.countCells()
	}
}

func (s *scatter) countCells() (n int) {
	for _, c := range s.cells.cols {
		n += len(c)
	}
	return n
}

// points gives what there is to draw, in order of time, and the width of a cell (0: each point is one send).
func (s *scatter) points() (out []point, width time.Duration) {
	if s.cells == nil {
		out = slices.Clone(s.exact)
	} else {
		width = s.cells.width
		for i, col := range s.cells.cols {
			for k, c := range col {
				out = append(out, point{s.cells.start(i), c.slowest, k.outcome, c.count})
			}
		}
	}
	slices.SortFunc(out, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.latency, b.latency), cmp.Compare(a.outcome, b.outcome))
	})
	return out, width
}

func (c cell) with(other cell) cell {
	return cell{c.count + other.count, max(c.slowest, other.slowest)}
}

func mergeCells(into *cellColumn, from cellColumn) {
	if *into == nil {
		*into = from
		return
	}
	for k, c := range from {
		(*into)[k] = (*into)[k].with(c)
	}
}

// latencyRow is the row of a logarithmic scale that begins at one microsecond.
func latencyRow(d time.Duration) int16 {
	us := float64(d) / float64(time.Microsecond)
	if us < 1 {
		return 0
	}
	return int16(math.Log10(us) * rowsPerDecade)
}

// width is how long a cell is, or 0 where every send is drawn one by one.
func (s *scatter) width() time.Duration {
	if s.cells == nil {
		return 0
	}
	return s.cells.width
}
