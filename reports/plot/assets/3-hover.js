// What the pointer reads.
const tip = document.getElementById("tip");
const hair = document.getElementById("hair");

function leave() { tip.hidden = hair.hidden = true; }

function hover(at) {
  if (at.x < LEFT || at.x > LEFT + WIDTH) return leave();
  const t = us(at.x), k = scale();
  hair.hidden = tip.hidden = false;
  hair.style.left = at.x * k + "px";
  hair.style.height = (HEIGHT - 26) * k + "px";
  tip.replaceChildren(...readings(t, at).map(line));
  const px = at.x * k, right = px + 18 + tip.offsetWidth > chart.clientWidth;
  tip.style.left = (right ? Math.max(0, px - 14 - tip.offsetWidth) : px + 14) + "px";
  tip.style.top = Math.max(0, Math.min(at.y * k + 12, chart.clientHeight - tip.offsetHeight - 4)) + "px";
}

function line([name, value, tone]) {
  const row = document.createElement("div"), a = document.createElement("span"), b = document.createElement("b");
  a.textContent = name;
  b.textContent = value;
  if (tone) b.className = tone;
  row.append(a, b);
  return row;
}

// readings are what the picture says at a moment.
function readings(t, at) {
  const out = [["time", seconds(t, 3)]];
  for (const s of plot.spans) if (s.from <= t && t < s.to) out.push([s.phase, s.name + (s.target ? " on " + s.target : "")]);
  for (const m of plot.marks) if (out.length < 8 && Math.abs(x(m.at) - at.x) < 5) out.push([m.claim, m.summary, "failed"]);
  for (const g of plot.groups) out.push(groupReading(g, t));
  const width = plot.rate.bin;
  for (const [k, word] of [["ok", "acknowledged"], ["unknown", "unknown"], ["failed", "failed"]]) {
    const b = rebin(plot.rate[k], plot.rate.width, width, t, t + 1)[0];
    if (b && (b.sum || k === "ok")) out.push([word, count(b.sum * SECOND / width) + " /s", k]);
  }
  const q = quantiles(layers[view.layer], plot.latency.bin, t, t + 1)[0];
  if (q) out.push(["p50 · p99 · max", span(q.p50) + " · " + span(q.p99) + " · " + span(q.max)]);
  const near = nearest(at);
  if (near) out.push(near);
  return out;
}

function groupReading(g, t) {
  const outage = g.outages.find(o => o[0] <= t && t < o[1]);
  if (outage) return [g.name, "outage of " + lasted(outage), "failed"];
  const s = g.strip.find(s => s[0] <= t && t < s[1]);
  const word = { ok: "serving", failed: "probe failed", unknown: "probe unanswered", none: "not probed" };
  return [g.name, s ? word[s[2]] : "not probed", s && s[2] !== "none" ? s[2] : ""];
}

function nearest(at) {
  const layer = layers[view.layer], panel = svg.querySelector(".plot > ." + view.layer);
  if (!panel) return null;
  const [top, height, low, high] = ["y", "height", "low", "high"].map(k => +panel.dataset[k]);
  if (at.y < top - 6 || at.y > top + height + 6) return null;
  const y = l => top + height * (1 - (Math.log10(Math.max(l, 1)) - low) / (high - low));
  let best = null, score = 64;
  const until = us(at.x + 8);
  for (let i = firstAt(layer.t, us(at.x - 8)); i < layer.size && layer.t[i] <= until; i++) {
    const d = (x(layer.t[i]) - at.x) ** 2 + (y(layer.l[i]) - at.y) ** 2;
    if (d < score) { score = d; best = i; }
  }
  if (best === null) return null;
  const o = +layer.o[best], n = layer.n ? layer.n[best] : 1;
  const what = n > 1 ? count(n) + " sends, up to " + span(layer.l[best]) : span(layer.l[best]) + ", sent at " + seconds(layer.t[best], 3);
  return [WORDS[o], what, ["unknown", "ok", "failed"][o]];
}
