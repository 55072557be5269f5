// Fires the requests, and draws what became of them. Everything it knows came in the answers; the cookie is HttpOnly.

const REQUESTS = 50;
const ROW = 8;
const MARGIN = 10;

const byId = id => document.getElementById(id);
const button = byId('fire');
const timeline = byId('timeline');

button.disabled = false;
button.addEventListener('click', async () => {
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    await post('api/burst');
    const hits = await Promise.all(Array.from({ length: REQUESTS }, (_, number) => hit(number)));
    const { counter } = await (await fetch('api/burst')).json();
    report(hits, counter);
  } catch (error) {
    byId('verdict').textContent = `The burst did not get through: ${error.message}`;
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
});

async function post(url) {
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response;
}

async function hit(number) {
  const url = new URL(`api/burst/hits?number=${number}&burst=${performance.now()}`, document.baseURI).href;
  const asked = performance.now();
  try {
    const { found, sent } = await (await post(url)).json();
    return { url, found, sent, from: asked, to: performance.now() };
  } catch {
    return { url, failed: true, from: asked, to: performance.now() };
  }
}

function report(hits, counter) {
  const answered = hits.filter(hit => !hit.failed);
  const ids = [...new Set(answered.map(hit => hit.sent))];
  const raced = answered.filter(hit => hit.found !== hit.sent).length;
  const lost = REQUESTS - counter;

  byId('requests').textContent = hits.length;
  byId('distinct-ids').textContent = ids.length;
  byId('final-counter').textContent = counter;
  byId('expected').textContent = REQUESTS;
  byId('lost').textContent = lost;
  byId('lost').parentElement.dataset.good = lost === 0;

  const summary = `${raced} of ${hits.length} requests found the old id and asked for a new one; `
    + (ids.length === 1 ? `all ${answered.length} answers carried the same one, ${ids[0]}.` : `the answers carried ${ids.length} different ids.`)
    + (answered.length < hits.length ? ` ${hits.length - answered.length} failed.` : '');
  byId('verdict').textContent = summary;
  byId('legend').hidden = false;
  draw(hits, ids, summary);
}

function draw(hits, ids, summary) {
  // The browser keeps most requests waiting for a connection; what counts is when each was on its way.
  const spans = hits.map(hit => {
    const timing = performance.getEntriesByName(hit.url)[0];
    return { ...hit, from: timing?.requestStart || hit.from, to: timing?.responseEnd || hit.to };
  }).sort((one, other) => one.from - other.from);
  performance.clearResourceTimings();

  // As many units as there are pixels: bars and letters have the same size on a phone.
  timeline.classList.add('drawn');
  const width = timeline.clientWidth;
  const start = Math.min(...spans.map(span => span.from));
  const duration = Math.max(...spans.map(span => span.to)) - start;
  const x = time => MARGIN + (time - start) / duration * (width - 2 * MARGIN);

  timeline.setAttribute('viewBox', `0 0 ${width} ${REQUESTS * ROW + 3 * MARGIN + 12}`);
  timeline.replaceChildren(...grid(width, duration), ...spans.map((span, row) => {
    const bar = shape('rect', { x: x(span.from), y: MARGIN + row * ROW + 1, width: Math.max(x(span.to) - x(span.from), 4), height: ROW - 2, rx: 3 });
    bar.classList.add(span.failed ? 'failed' : `id-${ids.indexOf(span.sent) % 4}`);
    const dot = shape('circle', { cx: x(span.from), cy: MARGIN + row * ROW + ROW / 2, r: 4.5 });
    dot.classList.add(span.found === span.sent ? 'new' : 'old');
    const group = shape('g', {});
    group.style.animationDelay = `${(span.from - start) / duration * 1.2}s`;
    group.append(bar, dot);
    return group;
  }));
  timeline.setAttribute('aria-label', `Timeline of ${hits.length} overlapping requests, ${Math.round(duration)} milliseconds. ${summary}`);
}

function grid(width, duration) {
  const height = MARGIN + REQUESTS * ROW;
  return [0, 0.25, 0.5, 0.75, 1].flatMap(part => {
    const at = MARGIN + part * (width - 2 * MARGIN);
    const line = shape('line', { x1: at, x2: at, y1: 0, y2: height });
    const text = shape('text', { x: at, y: height + 16, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle' });
    text.textContent = `${Math.round(part * duration)} ms`;
    return [line, text];
  });
}

function shape(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
