// Ticks the access token's life down. What is left of it came with the page; from there on the browser counts by itself.

const byId = id => document.getElementById(id);
const life = byId('life');

if (byId('left')) {
  const loaded = performance.now();
  const timer = setInterval(tick, 250);
  tick();

  function tick() {
    const gone = performance.now() - loaded;
    const left = Math.max(life.dataset.left - gone, 0);
    const renewIn = Math.max(life.dataset.renewIn - gone, 0);
    byId('left').textContent = text(left);
    byId('left-bar').value = left;
    byId('renew-in').textContent = text(renewIn);
    const now = left === 0 ? 'expired' : renewIn === 0 ? 'due' : 'fresh';
    for (const line of life.querySelectorAll('[data-when]')) line.hidden = line.dataset.when !== now;
    if (left === 0) clearInterval(timer);
  }
}

// As the server writes it: 1:05.
function text(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
