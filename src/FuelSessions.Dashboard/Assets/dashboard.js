const plots = [
  { title: 'Sessions begun', series: 'fuelsessions.sessions.started', unit: 'in 10 s' },
  { title: 'Ids rotated', series: 'fuelsessions.sessions.rotated', unit: 'in 10 s' },
  { title: 'Sessions destroyed', series: 'fuelsessions.sessions.destroyed', unit: 'in 10 s' },
  { title: 'Conflicts merged', series: 'fuelsessions.store.conflicts', unit: 'in 10 s' },
  { title: 'Stale ids and other events', series: 'fuelsessions.events', unit: 'in 10 s' },
  { title: 'Bound to their device, and proofs of it', series: 'fuelsessions.device_bindings', unit: 'in 10 s' },
  { title: 'Store calls, mean', series: 'db.client.operation.duration', unit: 'ms', factor: 1000 },
  { title: 'Store calls, slowest', series: 'db.client.operation.duration', unit: 'ms', factor: 1000, highest: true },
  { title: 'Size of saved sessions, mean', series: 'fuelsessions.session.size', unit: 'bytes' },
];
const svg = 'http://www.w3.org/2000/svg';
const byId = id => document.getElementById(id);
let latest = null;
let paused = false;
let shownSettings = '';

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const rounded = value => value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);

function plot(definition, driver) {
  const lines = latest.series.filter(one => one.name === definition.series && (!driver || one.driver === driver))
    .map(one => ({ label: [one.driver, one.part].filter(Boolean).join(', '), values: (definition.highest ? one.highest : one.values).map(value => value * (definition.factor ?? 1)) }));
  const top = Math.max(0, ...lines.flatMap(line => line.values));
  const chart = drawn('svg', { viewBox: '0 0 360 100', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${definition.title}, the last hour: highest ${rounded(top)} ${definition.unit}` });
  chart.append(drawn('path', { d: 'M0 100H360', class: 'axis' }));
  const legend = element('ul');
  lines.forEach((line, index) => {
    const points = line.values.map((value, place) => `${place} ${(100 - (top ? value / top * 96 : 0)).toFixed(1)}`);
    chart.append(drawn('path', { d: `M${points.join('L')}`, class: `c${index % 6}` }));
    const total = definition.unit === 'in 10 s' ? `${line.values.reduce((sum, value) => sum + value, 0)} in this hour` : `highest ${rounded(Math.max(...line.values))}`;
    legend.append(element('li', { className: `c${index % 6}`, textContent: `${line.label}: ${total}` }));
  });
  return element('figure', {}, element('h2', { textContent: definition.title }), chart, element('figcaption', { textContent: lines.length ? `highest ${rounded(top)} ${definition.unit}` : 'nothing yet' }), legend);
}

function show() {
  const chosen = byId('driver').value;
  byId('node').textContent = latest.node;
  byId('plots').replaceChildren(...plots.map(definition => plot(definition, chosen)));
  const events = latest.events.filter(event => !chosen || event.driver === chosen);
  byId('events').hidden = events.length === 0;
  byId('quiet').hidden = events.length > 0;
  byId('events').tBodies[0].replaceChildren(...events.map(event => element('tr', {},
    ...[new Date(event.at).toLocaleTimeString(), event.kind, event.driver].map(text => element('td', { textContent: text })))));
}

// Made anew only when they change: what somebody has opened stays open.
function showSettings() {
  byId('notice').textContent = latest.notice ?? '';
  byId('notice').hidden = !latest.notice;
  const now = JSON.stringify(latest.settings);
  if (now === shownSettings) return;
  if (!shownSettings) byId('driver').append(...latest.settings.map(one => element('option', { value: one.driver, textContent: one.driver })));
  shownSettings = now;
  const open = new Set([...document.querySelectorAll('#settings details[open]')].map(one => one.dataset.driver));
  byId('settings').replaceChildren(...latest.settings.map(one => {
    const details = element('details', { open: open.has(one.driver) }, element('summary', { textContent: one.driver + (one.isDefault ? ', used where none is named' : '') }),
      element('table', {}, element('tbody', {}, ...one.all.map(setting => element('tr', {}, element('th', { scope: 'row', textContent: setting.name }),
        element('td', { textContent: setting.value }), element('td', { className: 'muted', textContent: setting.from }))))));
    details.dataset.driver = one.driver;
    return details;
  }));
}

// Who is signed out meanwhile is not led to a page for signing in, of which nothing would be seen here.
async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, redirect: 'manual', headers: { ...options.headers, 'x-requested-with': 'XMLHttpRequest' } });
  } catch (error) {
    throw new Error(`No answer (${error.message}). Trying again.`);
  }
  if (response.type === 'opaqueredirect' || response.status === 401) throw new Error('You are signed out. Reload the page to sign in.');
  return response;
}

async function refresh() {
  try {
    const response = await call('data', { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`No answer (${response.status}). Trying again.`);
    latest = await response.json();
    showSettings();
    show();
    byId('state').textContent = '';
  } catch (error) {
    byId('state').textContent = error.message;
  }
}

// A user's sessions. The name goes in a body: addresses are logged.
async function ask(path, body) {
  const response = await call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `No answer (${response.status}).`);
  return answer;
}

async function find(principal, said = '') {
  const time = text => text ? new Date(text).toLocaleString() : '';
  try {
    const { sessions } = await ask('sessions', { principal });
    byId('found').textContent = `${said} ${sessions.length === 0 ? `${principal} has no session.` : `${principal} has ${sessions.length}.`}`.trim();
    byId('sessions').hidden = byId('end-all').hidden = sessions.length === 0;
    byId('sessions').tBodies[0].replaceChildren(...sessions.map(one => element('tr', {},
      ...[time(one.signedIn ?? one.created), time(one.lastSeen), time(one.ends), one.driver, [one.userAgent, one.address, one.isBoundToDevice && 'bound to its device'].filter(Boolean).join(', ')].map(text => element('td', { textContent: text })),
      element('td', {}, element('button', { type: 'button', textContent: 'End', ariaLabel: `End the session of ${time(one.signedIn ?? one.created)}`, onclick: () => end(principal, one.handle) })))));
    byId('end-all').onclick = () => end(principal, null);
  } catch (error) {
    byId('found').textContent = error.message;
    byId('sessions').hidden = byId('end-all').hidden = true;
  }
}

async function end(principal, handle) {
  if (!confirm(handle ? `End this session of ${principal}?` : `End all sessions of ${principal}?`)) return;
  try {
    const { ended } = await ask('sessions/end', { principal, handle });
    await find(principal, `${ended} ended.`);
  } catch (error) {
    byId('found').textContent = error.message;
  }
}

byId('find').addEventListener('submit', event => {
  event.preventDefault();
  find(byId('principal').value);
});

byId('driver').addEventListener('change', () => latest && show());
byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
});
setInterval(() => paused || refresh(), 5000);
refresh();
