// Three requests that a form does not make. The cookie is HttpOnly: nothing here knows the session's id.

const byId = id => document.getElementById(id);

byId('note').addEventListener('submit', async event => {
  event.preventDefault();
  const response = await fetch('api/notes', { method: 'POST', credentials: 'omit', body: new URLSearchParams(new FormData(event.target)) });
  byId('notes').textContent = response.ok ? (await response.json()).notes : `refused: ${response.status}`;
});

addEventListener('pagehide', () => navigator.sendBeacon('api/left'));

byId('upload').addEventListener('submit', event => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.onprogress = progress => byId('progress').value = progress.loaded / progress.total;
  request.onload = () => {
    if (request.status !== 200) {
      byId('verdict').textContent = `The upload was refused: ${request.status}`;
      return;
    }
    const { size, total } = JSON.parse(request.responseText);
    byId('total').textContent = total;
    byId('verdict').textContent = `${size} bytes arrived.`;
  };
  request.onerror = () => byId('verdict').textContent = 'The upload did not get through.';
  request.open('POST', 'api/upload');
  request.send(new FormData(event.target));
});

for (const button of document.querySelectorAll('main button')) button.disabled = false;
