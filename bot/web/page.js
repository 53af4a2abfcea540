// Hands taps to Gradio as one event: {kind, value}. Runs once for each part of the page that has buttons.
const told = (kind, value) => trigger('click', { kind, value });
const part = (event, what) => {
  const found = event.target.closest(what);
  return found && element.contains(found) ? found : null;
};
const DOUBLE_TAP_MS = 400; // within which the same button is tapped once
let tapped = null;
let tappedAt = -Infinity;
let ticked = new Set();
const open = new Map();

element.addEventListener('click', (event) => {
  const button = part(event, '[data-kind]');
  if (!button || button.type === 'range') return;
  const { kind, value } = button.dataset;
  const twice = tapped?.kind === kind && tapped.value === value && event.timeStamp - tappedAt < DOUBLE_TAP_MS;
  tappedAt = event.timeStamp;
  if (twice) return;
  tapped = { kind, value };
  told(tapped.kind, tapped.value);
});

element.addEventListener('change', (event) => {
  if (event.target.dataset.kind === 'tune') {
    tapped = { kind: 'tune' };
    told('tune', event.target.value);
  } else if (event.target.dataset.pick) {
    event.target.checked ? ticked.add(event.target.dataset.pick) : ticked.delete(event.target.dataset.pick);
    chosen();
  }
});

// a picture that does not come leaves the cover that was drawn from the title
element.addEventListener('error', ({ target }) => {
  if (target.matches?.('.cg-cover img')) target.remove();
}, true);

// how long the reasons of a card were read
element.addEventListener('toggle', (event) => {
  const item = event.target.dataset?.open;
  if (!item) return;
  if (!event.target.open) return closed(item);
  open.set(item, performance.now());
  told('view', item);
}, true);

function closed(item) {
  if (!open.has(item)) return;
  const seconds = (performance.now() - open.get(item)) / 1000;
  open.delete(item);
  if (seconds >= 1) told('dwell', `${item}\n${seconds.toFixed(1)}`);
}

function chosen() {
  const ids = [...element.querySelectorAll('[data-pick]')].map((box) => box.dataset.pick);
  ticked = new Set([...ticked].filter((id) => ids.includes(id)));
  const full = ticked.size >= 4;
  element.querySelectorAll('[data-pick]').forEach((box) => {
    box.checked = ticked.has(box.dataset.pick);
    box.disabled = full && !box.checked;
  });
  const compare = element.querySelector('[data-kind="compare"]');
  if (!compare) return;
  compare.dataset.value = ids.filter((id) => ticked.has(id)).join('\n');
  compare.disabled = ticked.size < 2;
}

// what is drawn anew takes the focus along, so that the keyboard stays where it was
new MutationObserver(() => {
  [...open.keys()].forEach((item) => {
    if (!element.querySelector(`[data-open="${CSS.escape(item)}"][open]`)) closed(item);
  });
  chosen();
  if (!tapped || document.activeElement !== document.body) return;
  const same = [...element.querySelectorAll(`[data-kind="${CSS.escape(tapped.kind)}"]`)];
  const next = same.find((one) => one.dataset.value === tapped.value) || same[0]
    || element.querySelector('button:not([disabled])');
  next?.focus({ preventScroll: true });
}).observe(element, { childList: true, subtree: true });
