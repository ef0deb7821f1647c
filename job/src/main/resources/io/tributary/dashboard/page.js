'use strict';

/* Asks for the version of the history, and for the rest only when that has changed. */
const POLL_MS = 2000;
const at = id => document.getElementById(id);
const chart = new Chart(at('chart'), at('readout'));
const rows = new Map();
let metric = 'bits-per-byte';
let version = -1;
let colours = new Map();
let chosen = false;
let clockSkew = 0;
let state = null;

async function ask(path) {
  const answer = await fetch(path, {cache: 'no-store'});
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function poll() {
  try {
    const known = await ask('api/version');
    clockSkew = known.now - Date.now();
    if (known.version !== version) {
      [state] = await Promise.all([ask('api/state'), draw()]);
      version = known.version;
      show();
    }
    ages();
    at('link').textContent = 'Live';
    at('link').className = 'quiet';
  } catch (failure) {
    at('link').textContent = 'The server does not answer; what is shown may be old';
    at('link').className = 'quiet lost';
  }
  setTimeout(poll, document.hidden ? 5 * POLL_MS : POLL_MS);
}

async function draw() {
  const wanted = metric;
  const series = await ask('api/series?metric=' + wanted);
  if (wanted !== metric) return;
  // While all can have a colour, all have one; after that, or once someone has chosen, those that were chosen.
  const names = Object.keys(series.values);
  if (!chosen) colours = new Map(names.length <= Chart.COLOURS ? names.map((name, i) => [name, i]) : []);
  chart.show(series, wanted, colours);
}

function choose(name) {
  chosen = true;
  if (colours.has(name)) {
    colours.delete(name);
  } else {
    const used = new Set(colours.values());
    let free = [...Array(Chart.COLOURS).keys()].find(i => !used.has(i));
    if (free === undefined) {
      // The one chosen first gives its colour to the newest.
      const [oldest, colour] = colours.entries().next().value;
      colours.delete(oldest);
      free = colour;
    }
    colours.set(name, free);
  }
  chart.show(chart.series, chart.metric, colours);
  state.sources.forEach(mark);
}

function show() {
  const {sources, expected, written} = state;
  at('status').textContent = state.status;
  document.title = state.status.replace(/[,;].*/, '') + ' – Tributary';
  const mean = key => {
    const values = sources.map(source => source[key]).filter(value => value !== null);
    return values.length ? values.reduce((a, b) => a + b) / values.length : null;
  };
  const [first, last, unigram] = [mean('first'), mean('last'), mean('unigram')];
  figure('bits', last === null ? '–' : last.toFixed(3),
    last === null ? '' : `mean; ${first.toFixed(3)} at first, unigram ${unigram === null ? '–' : unigram.toFixed(3)}`);
  figure('tokens', Figures.big(sources.reduce((sum, source) => sum + source.tokens, 0)),
    sources.length === 1 ? 'by 1 source' : `by ${sources.length} sources`);
  figure('speed', state.tokensPerSecond === null ? '–' : Figures.count(state.tokensPerSecond),
    [state.tokensPerSecond === null ? '' : 'by the clock', computing()].filter(text => text).join('; '));
  figure('bytes', state.bytesPerRound === null ? '–' : Figures.bytes(state.bytesPerRound),
    state.bytesPerRound === null ? '' : 'sent and received, all sources');
  at('hint').textContent = sources.length > Chart.COLOURS ? `Choose up to ${Chart.COLOURS} to see in colour` : '';
  const names = new Set([...sources.map(source => source.name), ...expected]);
  for (const [name, row] of rows) {
    if (!names.has(name)) { row.remove(); rows.delete(name); }
  }
  sources.forEach(source => fill(source));
  expected.forEach(name => fill({name, waiting: true}));
  [...names].sort().forEach((name, i) => {
    const body = at('sources'), row = rows.get(name);
    if (body.children[i] !== row) body.insertBefore(row, body.children[i] || null);
  });
  texts(written);
}

/* What the device of a subtask does while it trains, and how much that is of what it can do. */
function computing() {
  if (state.flopsPerSecond === null) return '';
  const share = state.shareOfPeak === null ? '' : `, ${Math.round(100 * state.shareOfPeak)} % of its peak`;
  return `${Figures.count(Math.round(state.flopsPerSecond / 1e9))} GFLOP/s in steps${share}`;
}

function figure(id, value, note) {
  at('figure-' + id).textContent = value;
  at('note-' + id).textContent = note;
}

const LABELS = ['Source', 'Rounds', 'Tokens', 'Loss', 'First bits/byte', 'Last bits/byte', 'Unigram', 'Tokens/s', 'Wire', 'Last seen'];

function newRow(name) {
  const row = document.createElement('tr');
  row.setAttribute('role', 'row');
  for (const label of LABELS) {
    const cell = row.insertCell();
    cell.setAttribute('role', 'cell');
    cell.dataset.label = label;
  }
  const button = document.createElement('button');
  button.type = 'button';
  const key = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  key.setAttribute('class', 'key');
  key.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  Object.entries({x1: 0, y1: 6, x2: 26, y2: 6}).forEach(([side, value]) => line.setAttribute(side, value));
  key.append(line);
  button.append(key, document.createTextNode(name));
  button.addEventListener('click', () => chart.series && name in chart.series.values && choose(name));
  row.cells[0].append(button);
  for (const event of ['mouseenter', 'focusin']) row.addEventListener(event, () => chart.bring(name));
  for (const event of ['mouseleave', 'focusout']) row.addEventListener(event, () => chart.bring(null));
  rows.set(name, row);
  return row;
}

function fill(source) {
  const row = rows.get(source.name) || newRow(source.name);
  const number = (value, write) => value === null || value === undefined ? '–' : write(value);
  const decimal = value => value.toFixed(3);
  const texts = [number(source.rounds, Figures.count), number(source.tokens, Figures.count), number(source.loss, decimal),
    number(source.first, decimal), number(source.last, decimal), number(source.unigram, decimal),
    number(source.tokensPerSecond, Figures.count), number(source.bytes, Figures.bytes)];
  texts.forEach((text, i) => { row.cells[i + 1].textContent = text; });
  row.cells[5].className = 'strong';
  mark(source);
}

function mark({name}) {
  const row = rows.get(name), button = row.querySelector('button');
  if (colours.has(name)) row.dataset.colour = colours.get(name); else delete row.dataset.colour;
  button.setAttribute('aria-pressed', colours.has(name));
}

const PART = {partial: 'partly', late: 'late', abstained: 'without a step', rejected: 'rejected'};

/* When each source was last seen; also when nothing else has changed. */
function ages() {
  if (!state) return;
  const newest = Math.max(...state.sources.map(source => source.round));
  for (const source of state.sources) {
    const cell = rows.get(source.name).cells[9];
    const seconds = Math.max(0, (Date.now() + clockSkew - source.seen) / 1000);
    const age = seconds < 99.5 ? `${Math.round(seconds)} s` : seconds < 5970 ? `${Math.round(seconds / 60)} min`
      : seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
    const round = document.createElement('i');
    round.textContent = `round ${Figures.count(source.round)}${PART[source.participation] ? ', ' + PART[source.participation] : ''}`;
    cell.replaceChildren(`${age} ago `, round);
    cell.className = source.silent || source.round < newest ? 'behind' : '';
  }
  for (const name of state.expected) rows.get(name).cells[9].textContent = 'not yet';
}

function texts(written) {
  at('written').hidden = written.length === 0;
  at('texts').replaceChildren(...written.map(({source, round, prompt, text}) => {
    const article = document.createElement('article');
    const title = document.createElement('h3');
    const when = document.createElement('span');
    when.textContent = ` after round ${Figures.count(round)}`;
    title.append(source, when);
    const quote = document.createElement('blockquote');
    const given = document.createElement('em');
    given.textContent = prompt;
    quote.append(given, text);
    article.append(title, quote);
    return article;
  }));
}

at('metrics').addEventListener('change', event => {
  metric = event.target.value;
  draw().catch(() => { version = -1; });
});
poll();
