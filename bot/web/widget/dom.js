// -- dom: elements without markup. Every text goes through textContent, every address through safeUrl ----------------

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  chat: 'M4 5h16v11H9l-5 4z',
  close: 'M6 6l12 12M18 6L6 18',
  restart: 'M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4',
  send: 'M4 12h15M13 6l6 6-6 6',
  like: 'M12 20C5 15 3.5 11.5 3.5 8.8A4.3 4.3 0 0 1 12 7.6a4.3 4.3 0 0 1 8.5 1.2C20.5 11.5 19 15 12 20z',
  dislike: 'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M6 6l12 12',
  seen: 'M4.5 12.5l5 5 10-11',
  more: 'M4 8h9M4 12h6M4 16h9M17 8v8M13 12h8',
  back: 'M15 5l-7 7 7 7',
  forth: 'M9 5l7 7-7 7',
};

/** An element: `attrs` set as attributes (null and false: left out, true: empty), `children` nodes or texts. */
function el(tag, attrs, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs || {})) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A line drawing of 24 × 24 units; says nothing to a screen reader. */
function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' })) {
    svg.setAttribute(key, value);
  }
  svg.setAttribute('class', `icon icon-${name}`);
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with a text or, of an `icon`, with a label that is read and shown as a tooltip. */
function button(label, { picture, ...attrs }, ...children) {
  const named = picture ? { 'aria-label': label, title: label } : {};
  return el('button', { type: 'button', ...named, ...attrs }, ...(picture ? [icon(picture)] : [label]), ...children);
}

/** An address that may be followed or loaded: http(s), resolved against the page. Null for everything else. */
function safeUrl(address) {
  if (typeof address !== 'string' || !address.trim()) return null;
  try {
    const url = new URL(address, document.baseURI);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/** A stylesheet that a policy without 'unsafe-inline' lets pass. */
function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
