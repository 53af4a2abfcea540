/* The frame's side of /embed: the widget's events to the page that frames it, that page's calls to the widget. */
(() => {
  'use strict';

  const CALLS = new Set(['send', 'setContext', 'identify', 'reset']);
  const EVENTS = ['ready', 'message', 'item-click', 'add-to-cart', 'feedback', 'error'];
  const LONGEST_QUEUE = 100;
  const chat = document.querySelector('chatalogue-chat');
  const allowed = new Set([location.origin, ...JSON.parse(chat.dataset.origins)]);
  const waiting = [];
  let host = null; // the origin of the page around the frame, once it is known to be an allowed one

  const page = new CSSStyleSheet();
  page.replaceSync('html, body, main { margin: 0; height: 100%; overflow: hidden; }');
  document.adoptedStyleSheets = [page];
  if (parent === window) return; // a link that somebody made: it says nothing in our name

  const words = JSON.parse(chat.dataset.words);
  for (const [name, value] of Object.entries(words)) chat.setAttribute(name, value);
  if (words.heading) document.title = words.heading;

  const tell = (message) => {
    if (host) parent.postMessage(message, host);
    else if (waiting.length < LONGEST_QUEUE) waiting.push(message);
  };
  const settle = (origin) => {
    host = origin;
    waiting.splice(0).forEach(tell);
  };
  for (const name of EVENTS) {
    chat.addEventListener(`chatalogue:${name}`, (event) => {
      // nobody outside can prevent an event in time, so a page that opens items itself says so beforehand
      if (name === 'item-click' && chat.dataset.links === 'host') event.preventDefault();
      tell({ chatalogue: name, detail: event.detail });
    });
  }
  addEventListener('message', (event) => {
    if (event.source !== parent || !allowed.has(event.origin)) return;
    if (!host) settle(event.origin);
    const { chatalogue: call, args } = event.data || {};
    if (!CALLS.has(call)) return;
    customElements.whenDefined('chatalogue-chat').then(() => chat[call](...(Array.isArray(args) ? args : [])));
  });

  const around = location.ancestorOrigins?.[0] || (URL.canParse(document.referrer) ? new URL(document.referrer).origin : '');
  if (allowed.has(around)) settle(around);
})();
