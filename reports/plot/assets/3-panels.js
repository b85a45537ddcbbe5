// The panels: a strip for each broker group, the rate, the latency.

// drawMarks crosses the operations that show a violation.
function drawMarks(p) {
  const claims = [...new Set(plot.marks.map(m => m.claim))].join(", ");
  text("Violations", box.left, p.y - 12, ink.failed, "left", "600");
  text(fit(claims, inner() - 90), box.left + inner(), p.y - 12, ink.failed, "right", "600");
  pen.fillStyle = ink.grid;
  pen.fillRect(box.left, p.y + 7, inner(), 1);
  pen.strokeStyle = ink.failed;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const m of plot.marks) {
    if (m.at < view.from || m.at > view.to) continue;
    pen.moveTo(x(m.at) - 4, p.y + 3); pen.lineTo(x(m.at) + 4, p.y + 11);
    pen.moveTo(x(m.at) - 4, p.y + 11); pen.lineTo(x(m.at) + 4, p.y + 3);
  }
  pen.stroke();
}

function drawGroup(p) {
  const g = p.group, bad = g.outages.length;
  const longest = g.outages.reduce((m, o) => o[1] - o[0] > m[1] - m[0] ? o : m, [0, 0, 0]);
  const note = bad === 0 ? (g.probes ? "no outage" : "not probed") : bad + (bad === 1 ? " outage, " : " outages, longest ") + lasted(longest);
  text(note, box.left + inner(), p.y - 12, bad ? ink.failed : ink.muted, "right", bad ? "600" : "");
  pen.font = "600 " + FONT;
  text(fit(g.name, inner() - pen.measureText(note).width - 120), box.left, p.y - 12, ink.text, "left", "600");
  const named = pen.measureText(g.name).width;
  if (inner() > 560 && g === plot.groups[0]) text("probes; below, acknowledged sends", box.left + named + 8, p.y - 12, ink.muted);
  inside(p, () => {
    drawStrip(p, g);
    drawAcks(p, g);
    drawOutages(p, g);
  });
}

// A stretch that is not serving is drawn at least 2 px wide: no zoom hides an outage.
function drawStrip(p, g) {
  const paint = wanted => {
    for (const [from, to, state] of g.strip) {
      if (state !== wanted || to < view.from || from > view.to) continue;
      const a = Math.floor(Math.max(x(from), box.left)), b = Math.ceil(Math.min(x(to), box.left + inner()));
      if (state === "none") { hatch(a, p.y, b - a, 14, ink.grid); continue; }
      pen.fillStyle = ink[state];
      pen.fillRect(a, p.y, Math.max(b - a, state === "ok" ? 0 : 2), 14);
    }
  };
  ["none", "ok", "unknown", "failed"].forEach(paint);
}

function drawAcks(p, g) {
  const width = binWidth(view.to - view.from, 160, g.acks.width, 4);
  const top = plot.groups.reduce((m, o) => rebin(o.acks.n, o.acks.width, width, 0, plot.end).reduce((m, b) => Math.max(m, b.sum), m), 1);
  pen.fillStyle = ink.ok;
  pen.globalAlpha = 0.45;
  for (const b of rebin(g.acks.n, g.acks.width, width, view.from, view.to)) {
    const h = b.sum / top * 22;
    pen.fillRect(x(b.from), p.y + p.h - h, Math.max(x(b.from + width) - x(b.from) - 0.5, 0.5), h);
  }
  pen.globalAlpha = 1;
}

// drawOutages brackets every outage and prints durations where there is room, the longest first; all stand in the table.
function drawOutages(p, g) {
  const seen = g.outages.filter(o => o[1] >= view.from && o[0] <= view.to), taken = [];
  pen.strokeStyle = ink.failed;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const o of seen) {
    const [a, b] = edges(o), y = p.y + 18;
    pen.moveTo(a + 0.75, p.y + 14); pen.lineTo(a + 0.75, y); pen.lineTo(b - 0.75, y); pen.lineTo(b - 0.75, p.y + 14);
  }
  pen.stroke();
  pen.font = "600 " + FONT;
  for (const o of seen.sort((m, n) => n[1] - n[0] - m[1] + m[0]).slice(0, 60)) {
    const label = lasted(o), w = pen.measureText(label).width + 8, [a, b] = edges(o);
    const at = Math.min(Math.max((a + b) / 2 - w / 2, box.left), box.left + inner() - w);
    if (taken.some(([from, to]) => at < to + 3 && at + w + 3 > from)) continue;
    taken.push([at, at + w]);
    pen.globalAlpha = 0.8;
    pen.fillStyle = ink.card;
    pen.fillRect(at, p.y + 22, w, 15);
    pen.globalAlpha = 1;
    text(label, at + 4, p.y + 30, ink.failed, "left", "600");
  }
}

const edges = ([from, to]) => [Math.max(x(from), box.left), Math.min(x(to), box.left + inner())];

function drawRate(p) {
  const width = rateBin(), per = SECOND / width;
  const bins = ["ok", "unknown", "failed"].map(k => rebin(plot.rate[k], plot.rate.width, width, view.from, view.to));
  const sums = bins[0].map((b, i) => b.sum + bins[1][i].sum + bins[2][i].sum);
  const top = roomy(Math.max(1, ...sums.map(s => s * per)));
  text("Answered sends per second", box.left, p.y - 13, ink.text, "left", "600");
  if (inner() > 520) text("at the moment of the answer, bins of " + span(width), box.left + inner(), p.y - 13, ink.muted, "right");
  for (const f of [0, 0.5, 1]) {
    pen.fillStyle = ink.grid;
    pen.fillRect(box.left, p.y + p.h * (1 - f), inner(), 1);
    text(count(top * f), box.left - 8, p.y + p.h * (1 - f), ink.muted, "right");
  }
  const base = new Float64Array(sums.length);
  inside(p, () => ["ok", "unknown", "failed"].forEach((k, s) => {
    pen.fillStyle = ink[k];
    pen.globalAlpha = k === "ok" ? 0.75 : 1;
    bins[s].forEach((b, i) => {
      if (!b.sum) return;
      const h = b.sum * per / top * p.h, a = x(b.from);
      pen.fillRect(a, p.y + p.h - base[i] - h, x(b.from + width) - a - (x(width) - x(0) > 4 ? 1 : 0), Math.max(h, k === "ok" ? 0 : 1.5));
      base[i] += h;
    });
    pen.globalAlpha = 1;
  }));
}

// A layer's scale is that of the whole run, so that zooming does not change heights.
function scaleOf(layer) {
  let lo = Infinity, hi = 0;
  for (const v of layer.l) { lo = Math.min(lo, v); hi = Math.max(hi, v); }
  if (hi === 0) { lo = 1000; hi = 1e6; }
  lo = Math.max(1, lo);
  return { lo: Math.log10(lo) - 0.1, hi: Math.log10(Math.max(hi, lo * 10)) + 0.1 };
}
const scales = { intended: scaleOf(layers.intended), actual: scaleOf(layers.actual) };
const tick = e => ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"][e] || "10^" + (e - 6) + " s";
function y(p, l) {
  const s = scales[view.layer];
  return p.y + p.h * (1 - (Math.log10(Math.max(l, 1)) - s.lo) / (s.hi - s.lo));
}


function drawLatency(p) {
  text("Latency", box.left, p.y - 13, ink.text, "left", "600");
  const width = latencyBin(), scale = scales[view.layer];
  if (inner() > 520) text("from the " + view.layer + " start; lines are the acknowledged sends of each " + span(width), box.left + inner(), p.y - 13, ink.muted, "right");
  for (let e = Math.ceil(scale.lo); e <= scale.hi; e++) {
    pen.fillStyle = ink.grid;
    pen.fillRect(box.left, y(p, 10 ** e), inner(), 1);
    text(tick(e), box.left - 8, y(p, 10 ** e), ink.muted, "right");
  }
  inside(p, () => {
    drawPoints(p, layers[view.layer]);
    const lines = quantiles(layers[view.layer], width, view.from - width, view.to + width);
    drawLine(p, lines, width, "p99", ink.p99);
    drawLine(p, lines, width, "p50", ink.p50);
  });
}

const latencyBin = () => binWidth(view.to - view.from, 90, plot.latency.width || 1, 20);
const rateBin = () => binWidth(view.to - view.from, 160, plot.rate.width, 4);

// Each mark is a send, or a cell whose strength tells the number of sends in it. What was not acknowledged lies on top.
function drawPoints(p, layer) {
  const cell = plot.latency.width, scale = scales[view.layer], row = p.h / (scale.hi - scale.lo) / plot.latency.rows;
  const begin = firstAt(layer.t, view.from - cell), end = firstAt(layer.t, view.to + 1);
  const wide = cell ? Math.max(x(cell) - x(0), 1.5) : 0;
  for (const o of [OK, UNKNOWN, FAILED]) {
    pen.fillStyle = ink[["unknown", "ok", "failed"][o]];
    const size = o === OK ? 2 : 3.5;
    for (let i = begin; i < end; i++) {
      if (+layer.o[i] !== o) continue;
      if (cell) {
        pen.globalAlpha = Math.min(1, 0.25 + 0.17 * Math.log2(layer.n[i]));
        pen.fillRect(x(layer.t[i]), y(p, layer.l[i]) - row / 2, wide, Math.max(row, 1.5));
      } else {
        pen.globalAlpha = o === OK ? 0.45 : 0.9;
        pen.fillRect(x(layer.t[i]) - size / 2, y(p, layer.l[i]) - size / 2, size, size);
      }
    }
  }
  pen.globalAlpha = 1;
}

// A line breaks where a bin has no acknowledged send: it never bridges an outage.
function drawLine(p, lines, width, key, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.75;
  pen.lineJoin = "round";
  pen.beginPath();
  let last = -Infinity;
  for (const b of lines) {
    const px = x(b.from + width / 2), py = y(p, b[key]);
    if (b.from - last > width * 1.5) { pen.moveTo(px - 1, py); }
    pen.lineTo(px, py);
    last = b.from;
  }
  pen.stroke();
}
