// Draws the status that the desk sends once a second; between two of them the clocks go on by themselves.
"use strict";
const words = JSON.parse(document.getElementById("words").textContent);
const find = (selector) => document.querySelector(selector);
let facts = null, received = 0;

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}
function fill(text, values) { return text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all); }
function time(moment) { return moment.toLocaleTimeString(document.documentElement.lang, { hour12: false }); }
function clock(ms) {
  if (ms === null || ms === undefined) return "–";
  const seconds = Math.floor(Math.abs(ms) / 1000), two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return (ms < 0 ? "-" : "") + (hours ? `${hours}:${two(minutes)}` : minutes) + ":" + two(seconds % 60);
}
function troubles() {
  const lines = [];
  for (const session of Object.values(facts.sessions)) {
    for (const alarm of session.alarms) lines.push(`${alarm.what} ${alarm.remedy}`);
    for (const lane of Object.values(session.lanes)) {
      for (const alarm of lane.alarms) lines.push(`${alarm.what} ${alarm.remedy}`);
      if (lane.overridden) lines.push(fill(words.touched, { studio: lane.studio, ...lane.overridden }));
    }
  }
  find("#troubles").replaceChildren(...lines.map((line) => make("li", "", line)));
}
function drawLane(lane) {
  const card = make("article", "lane"), head = make("h3");
  const state = lane.standby ? words.standby : words[lane.state];
  head.append(make("span", "", `${lane.studio} · ${state}`));
  head.append(make("span", lane.over_ms >= 1000 ? "behind" : lane.over_ms <= -1000 ? "ahead" : "", lane.over_words));
  const left = make("div", "left");
  left.dataset.left = lane.left_ms ?? "";
  left.dataset.still = lane.state === "running" ? "" : "yes";
  card.append(head, make("p", "now", lane.now_title || "–"), left);
  card.append(make("p", "following", `${words.next}: ${lane.next_title || "–"}`));
  const record = lane.recording ? fill(words.recording, { part: lane.parts }) : words.silent;
  card.append(make("p", "following", record), drawRows(lane));
  return card;
}
function drawRows(lane) {
  const box = make("div", "scroll"), table = make("table"), head = make("tr");
  for (const word of ["row", "planned", "expected", "actual", "went"]) head.append(make("th", "", words[word]));
  table.append(head);
  for (const row of lane.rows) {
    const line = make("tr", row.cue === lane.now ? "on" : "");
    const bad = ["unconfirmed", "refused", "late", "skipped"].includes(row.verdict);
    line.append(make("td", "", row.title));
    for (const key of ["planned_ms", "expected_ms", "actual_ms"]) line.append(make("td", "", clock(row[key])));
    line.append(make("td", bad ? "bad" : "", row.verdict_words));
    table.append(line);
  }
  box.append(table);
  return box;
}
function draw() {
  find("h1").textContent = words.title;
  const away = find("#away");
  away.hidden = facts.director;
  if (!facts.director) {
    away.textContent = fill(words.away, { time: time(new Date(facts.away_since_ms)) });
    return; // what was known last stays on the page
  }
  troubles();
  const sections = Object.entries(facts.sessions).map(([id, session]) => {
    const section = make("section"), lanes = make("div", "lanes");
    const rooms = session.rooms.filter((room) => !room.closed).map((room) => `${room.platform} ${room.room}`);
    section.append(make("h2", "", `${session.title} (${id})`));
    section.append(make("p", "", `${words.rooms}: ${rooms.join(", ") || "–"}`));
    lanes.append(...Object.values(session.lanes).map(drawLane));
    section.append(lanes);
    return section;
  });
  find("main").replaceChildren(...(sections.length ? sections : [make("p", "", words.none)]));
  const free = Object.values(facts.studios).filter((studio) => !studio.session);
  find("footer").replaceChildren(...free.map((studio) =>
    make("div", "", `${studio.name}: ${studio.connected ? words.connected : studio.why || words.lost}`)));
}
function tick() {
  find("time").textContent = time(new Date());
  for (const node of document.querySelectorAll("[data-left]")) {
    const known = node.dataset.left;
    const gone = node.dataset.still ? 0 : performance.now() - received;
    node.textContent = known === "" ? "" : `${clock(Number(known) - gone)} ${words.left}`;
  }
}
new EventSource("/events").onmessage = (message) => {
  facts = JSON.parse(message.data);
  received = performance.now();
  draw();
  tick();
};
setInterval(tick, 250);
