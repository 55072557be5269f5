// Shows what changes meanwhile: browsers that sign in, or are ended, and the end of this one's own session. The page works without it.

const LOOK_EVERY = 3000;

const byId = id => document.getElementById(id);
const account = byId('account');
const list = byId('sessions');
const address = account.dataset.sessions;

// There is always one, this browser's own: others are made like it.
const pattern = list.firstElementChild.cloneNode(true);

let antiforgery;
let looks = 0;
let timer;

async function look() {
  clearTimeout(timer);
  const number = ++looks;

  // Where the server can't be reached, what is shown is as old as the last look.
  const response = await fetch(address, { cache: 'no-store' }).catch(() => null);

  // A later look is on its way, or was quicker.
  if (number !== looks) return;
  if (response?.status === 401) return sayEnded();
  if (!document.hidden) timer = setTimeout(look, LOOK_EVERY);
  if (response?.ok) show(await response.json());
}

function show({ sessions, headerName, requestToken }) {
  // Another tab of this browser has signed in anew: this page is about somebody, or something, else.
  if ((sessions.find(session => session.isCurrent)?.handle ?? '') !== list.dataset.own) return location.reload();

  antiforgery = { [headerName]: requestToken };
  const rows = new Map([...list.children].map(row => [row.dataset.handle, row]));
  for (const [handle, row] of rows) if (!sessions.some(session => session.handle === handle)) row.remove();
  sessions.forEach((session, place) => {
    const row = rows.get(session.handle) ?? pattern.cloneNode(true);
    fill(row, session);

    // What is in its place already stays there, with the focus that it may have.
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  byId('others').hidden = sessions.length < 2;
}

function fill(row, session) {
  row.dataset.handle = session.handle;
  row.querySelector('[name=handle]').value = session.handle;
  row.querySelector('button').ariaLabel = `End the session of ${session.userAgent ?? 'unknown'}`;
  for (const part of row.querySelectorAll('[data-text]')) part.textContent = session[part.dataset.text] ?? 'unknown';
  for (const part of row.querySelectorAll('[data-if]')) part.hidden = !session[part.dataset.if];
  for (const part of row.querySelectorAll('[data-unless]')) part.hidden = session[part.dataset.unless];
  for (const part of row.querySelectorAll('[data-time]')) {
    const time = part.firstElementChild;
    time.dateTime = time.title = session[part.dataset.time];
    time.textContent = age(new Date(time.dateTime));
  }
}

function sayEnded() {
  account.hidden = byId('you').hidden = true;
  byId('ended').hidden = false;
}

// Instead of the form's own way, which leads to this page anew.
function send(event, method, path, said) {
  if (!antiforgery) return;
  event.preventDefault();
  fetch(address + path, { method, headers: antiforgery })
    .then(response => byId('said').textContent = response.ok ? said : response.status === 404 ? 'That session had ended already.' : `Refused: ${response.status}.`)
    .catch(() => byId('said').textContent = 'The server can’t be reached.')
    .then(look);
}

list.addEventListener('submit', event => send(event, 'DELETE', `/${event.target.closest('li').dataset.handle}`, 'That session was ended.'));
byId('others').addEventListener('submit', event => send(event, 'POST', '/end-others', 'All other sessions were ended.'));

// Nobody sees it: then it need not look, nor keep the session alive.
document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : look());
look();

// As the server writes it.
function age(time) {
  const seconds = (Date.now() - time) / 1000;
  const [size, unit] = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']].find(([size]) => seconds >= size) ?? [];
  const number = Math.floor(seconds / size);
  return unit === undefined ? 'just now' : number === 1 ? `1 ${unit} ago` : `${number} ${unit}s ago`;
}
