// Shows what the desk tells once a second; between two tellings the clocks go on by themselves.
"use strict";
const words = JSON.parse(document.getElementById("words").textContent);
const find = (selector) => document.querySelector(selector);
const SILENT_MS = 3000; // the desk tells something every second
let seen = null, heard = performance.now(), heardAt = new Date();

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const two = (number) => String(number).padStart(2, "0");

function length(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000), hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return (hours ? `${hours}:${two(minutes)}` : minutes) + ":" + two(seconds % 60);
}

// A node of a tag with attributes and children; children that are null are left out.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Turns what is shown into what is wanted and touches nothing that is the same: places scrolled to and marked text stay.
function become(shown, wanted) {
  for (const { name } of [...shown.attributes]) if (!wanted.hasAttribute(name)) shown.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  children(shown, [...wanted.childNodes]);
}
function children(shown, wanted) {
  wanted.forEach((child, at) => {
    const old = shown.childNodes[at];
    if (!old) shown.append(child);
    else if (old.nodeName !== child.nodeName || old.dataset?.key !== child.dataset?.key) old.replaceWith(child);
    else if (child.nodeType === Node.TEXT_NODE) { if (old.data !== child.data) old.data = child.data; }
    else become(old, child);
  });
  while (shown.childNodes.length > wanted.length) shown.lastChild.remove();
}

const trouble = (one) => make("li", { class: one.tone },
  make("p", {}, one.where ? make("b", {}, `${one.where} `) : null,
    one.since ? make("small", {}, `${fill(words.since, { time: one.since })} `) : null, one.what),
  one.remedy ? make("p", { class: "remedy" }, one.remedy) : null);

const signs = (list) => make("p", { class: "signs" },
  ...list.map((sign) => make("span", { class: `sign ${sign.tone}` }, sign.words)));

// A length that goes on by itself; `still` where it does not, as while the lane is held.
function ticking(ms, still, className, form) {
  return make("span", { class: className, "data-ms": ms, "data-still": still ? "yes" : null, "data-form": form });
}

function lane(one) {
  const still = one.state !== "running";
  const left = one.left_ms === null ? null : ticking(one.left_ms, still, "left", "left");
  const next = make("p", { class: "next" }, make("small", {}, words.next), ` ${one.next || "–"} `,
    one.next ? make("small", {}, `${one.next_how} `) : null,
    one.next && one.next_in_ms > 0 && !still ? ticking(one.next_in_ms, still, "in", "in") : null);
  const ends = one.expected_end ? fill(words.ends, { expected: one.expected_end, planned: one.planned_end }) : "";
  return make("article", { "data-key": one.id, "data-lane": one.id, class: `lane ${one.state}` },
    make("h3", {}, make("span", {}, one.name), make("span", { class: `over ${one.over}` }, one.over_words)),
    make("p", { class: "now" }, make("small", {}, words.now), ` ${one.now}`),
    make("p", { class: "count" }, left),
    next,
    make("p", { class: "ends" }, ends),
    signs(one.signs),
    rows(one));
}

function rows(one) {
  const heads = ["title", "planned", "expected", "actual", "verdict"];
  const body = one.rows.map((row) => make("tr", { class: row.place ? `at-${row.place}` : null, "data-cue": row.cue },
    make("th", { scope: "row" }, row.title, " ", make("small", {}, row.cue)),
    ...["planned", "expected", "actual"].map((key) => make("td", { "data-label": words[key], class: key }, row[key])),
    make("td", { class: `verdict ${row.verdict ?? ""}` }, row.verdict_words,
      row.why ? make("small", {}, ` ${row.why}`) : null)));
  return make("div", { class: "rows", tabindex: "0", role: "region", "aria-label": `${words.rows}: ${one.name}` },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((key) => make("th", { scope: "col" }, words[key])))),
      make("tbody", {}, ...body)));
}

function session(one) {
  const rooms = one.rooms.map((room) => make("span", { class: `sign ${room.open ? "good" : "plain"}` }, room.words));
  const version = one.version ? make("span", { class: "sign plain" }, fill(words.version, { version: one.version })) : null;
  return make("section", { "data-key": one.id, "data-session": one.id },
    make("h2", {}, one.title, " ", make("small", {}, `${one.id} · ${one.state}`)),
    make("p", { class: "signs" }, version, ...(rooms.length ? rooms : [make("span", { class: "sign plain" }, words.no_room)])),
    make("div", { class: "lanes" }, ...one.lanes.map(lane)));
}

const studio = (one) => make("div", { class: "studio" }, make("b", {}, one.name), signs(one.signs),
  one.why ? make("small", {}, one.why) : null);

function draw() {
  const told = seen.told, away = seen.away_since !== null;
  find("h1").textContent = seen.name;
  find("#control").textContent = away ? "" : words.in_control;
  children(find("#troubles"), (told.troubles ?? []).map(trouble));
  const sessions = (told.sessions ?? []).map(session);
  const nothing = told.sessions ? words.none : words.nothing_known;
  children(find("main"), sessions.length ? sessions : [make("p", { class: "nothing" }, nothing)]);
  const studios = (told.studios ?? []).map(studio);
  children(find("footer"), studios.length ? [make("h2", {}, words.free), make("div", { class: "studios" }, ...studios)] : []);
  for (const box of document.querySelectorAll(".rows")) follow(box);
}

// Brings the present row into view whenever it is another one; a person may scroll away in between.
const followed = new WeakMap();
function follow(box) {
  const row = box.querySelector("tr.at-now") ?? box.querySelector("tr.at-next");
  if (!row || followed.get(box) === row.dataset.cue) return;
  followed.set(box, row.dataset.cue);
  box.scrollTop = Math.max(0, row.offsetTop - box.clientHeight / 3);
}

function tick() {
  const gone = performance.now() - heard, lost = gone > SILENT_MS, notice = find("#away");
  const away = seen !== null && seen.away_since !== null;
  notice.hidden = !lost && !away;
  document.body.classList.toggle("stale", lost || away);
  if (lost) notice.textContent = `${fill(words.lost, { time: clock(heardAt.getTime() - heardAt.getTimezoneOffset() * 60000) })} ${words.known}`;
  else if (away) notice.textContent = `${fill(words.away, { time: seen.away_since })} ${seen.why}`;
  if (seen === null) return;
  find("time").textContent = clock(seen.local_ms + gone);
  for (const node of document.querySelectorAll("[data-ms]")) {
    const ms = Number(node.dataset.ms) - (node.dataset.still ? 0 : gone);
    if (node.dataset.form === "in") node.textContent = ms > 0 ? fill(words.in, { time: length(ms) }) : "";
    else node.textContent = fill(ms < 0 ? words.past : words.left, { time: length(ms) });
    node.classList.toggle("past", ms < 0);
  }
}
const clock = (localMs) => new Date(localMs).toISOString().slice(11, 19);

new EventSource("/events").onmessage = (message) => {
  seen = JSON.parse(message.data);
  heard = performance.now();
  heardAt = new Date();
  draw();
  tick();
};
setInterval(tick, 250);
