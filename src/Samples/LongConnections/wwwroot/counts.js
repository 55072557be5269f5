const byId = id => document.getElementById(id);

// None of the connections can begin a session: their headers are gone by the time that they could. An ordinary request does, before them.
await fetch('add', { method: 'POST' });

const hub = new signalR.HubConnectionBuilder().withUrl('hub').build();
await hub.start();
byId('by-hub').onclick = async () => {
  try {
    byId('hub').textContent = await hub.invoke('Add');
  } catch (error) {
    byId('state').textContent = error.message;
  }
};

const socket = new WebSocket(new URL('socket', location.href.replace(/^http/, 'ws')));
socket.onmessage = message => byId('socket').textContent = message.data;
socket.onclose = closed => byId('state').textContent = closed.reason;
byId('by-socket').onclick = () => socket.send('add');

const events = new EventSource('events');
events.onmessage = event => byId('events').textContent = event.data;
events.onerror = () => events.close();

byId('end').onclick = async () => {
  await fetch('sign-out', { method: 'POST' });
  byId('state').textContent = 'Signed out.';
};
for (const button of document.querySelectorAll('button')) button.disabled = false;
