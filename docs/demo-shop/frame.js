/* A page that frames the assistant: hears its events and answers them, after a look at where they come from. */
'use strict';

const frame = document.querySelector('#chat');
const server = frame.dataset.server;
const heard = document.querySelector('#heard');
let count = 0;

addEventListener('message', (event) => {
  if (event.origin !== server || event.source !== frame.contentWindow || !event.data?.chatalogue) return;
  const line = document.createElement('li');
  line.textContent = event.data.chatalogue;
  heard.append(line);
  if (event.data.chatalogue === 'add-to-cart') document.querySelector('#count').textContent = ++count;
  if (event.data.chatalogue === 'item-click') location.href = `/p/${encodeURIComponent(event.data.detail.id)}`;
});

frame.src = frame.dataset.src; // after the listener is there, so that nothing is missed

function say(text) {
  frame.contentWindow.postMessage({ chatalogue: 'send', args: [text] }, server);
}
