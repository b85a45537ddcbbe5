// The plot's data and the questions that the drawing asks of it. Times are microseconds since the run's start.
"use strict";
const plot = JSON.parse(document.getElementById("plot").textContent);
const SECOND = 1e6;
const UNKNOWN = 0, OK = 1, FAILED = 2; // as in the history
const WORDS = ["unknown", "acknowledged", "failed"];

// decode undoes the differences between neighbours that keep the page small.
function decode(layer) {
  const n = layer.l.length, t = new Float64Array(n);
  let at = 0;
  for (let i = 0; i < n; i++) t[i] = at += layer.t[i];
  return { t, l: layer.l, o: layer.o, n: layer.n || null, size: n };
}
const layers = { intended: decode(plot.latency.intended), actual: decode(plot.latency.actual) };

// firstAt is the index of the first element that is not below x.
function firstAt(sorted, x) {
  let lo = 0, hi = sorted.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (sorted[mid] < x) lo = mid + 1; else hi = mid;
  }
  return lo;
}

// nice rounds up to 1, 2 or 5 times a power of ten.
function nice(x) {
  const p = 10 ** Math.floor(Math.log10(x));
  for (const m of [1, 2, 5, 10]) if (m * p >= x * 0.999) return m * p;
  return 10 * p;
}

// rebin adds the columns of series up into wider bins; nothing is left out, so heights stay true at any zoom.
function rebin(columns, column, width, from, to) {
  const k = Math.round(width / column), first = Math.max(0, Math.floor(from / width)), bins = [];
  for (let b = first; b * width < to; b++) {
    let sum = 0;
    for (let i = b * k; i < Math.min((b + 1) * k, columns.length); i++) sum += columns[i];
    bins.push({ from: b * width, sum });
  }
  return bins;
}

// quantiles gives p50, p99 and the slowest acknowledged send of each bin of the window.
function quantiles(layer, width, from, to) {
  const out = [];
  let i = firstAt(layer.t, Math.floor(from / width) * width);
  while (i < layer.size && layer.t[i] < to) {
    const bin = Math.floor(layer.t[i] / width), values = [];
    let total = 0;
    for (; i < layer.size && layer.t[i] < (bin + 1) * width; i++) {
      if (+layer.o[i] !== OK) continue;
      const n = layer.n ? layer.n[i] : 1;
      values.push([layer.l[i], n]);
      total += n;
    }
    if (total > 0) out.push({ from: bin * width, ...ranks(values, total) });
  }
  return out;
}

function ranks(values, total) {
  values.sort((a, b) => a[0] - b[0]);
  const at = q => {
    let seen = 0;
    for (const [v, n] of values) if ((seen += n) >= q * total) return v;
    return values[values.length - 1][0];
  };
  return { p50: at(0.5), p99: at(0.99), max: values[values.length - 1][0], total };
}

// Words for a person.
function seconds(us, digits) {
  const s = us / SECOND;
  if (digits === undefined) digits = s < 10 ? 2 : 1;
  return s.toFixed(digits) + " s";
}

function span(us) {
  if (us < 1000) return us.toFixed(0) + " µs";
  if (us < SECOND) return +(us / 1000).toPrecision(3) + " ms";
  if (us < 120 * SECOND) return (us / SECOND).toFixed(2) + " s";
  return Math.floor(us / 60 / SECOND) + " min " + Math.round(us / SECOND % 60) + " s";
}

// lasted words an outage's length; one that had not ended when the probes did lasted at least so long.
const lasted = o => (o[2] ? "> " : "") + span(o[1] - o[0]);

const count = n => Math.round(n).toLocaleString("en-US");
