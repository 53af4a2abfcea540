// -- facts: an item's facets as a price and a short line, in the visitor's way of writing numbers ---------------------

const PARTS = 4; // facts in one line
const NAMES = 2; // values of one facet

/** {price, line} of `item` by the facets of its catalogue; both may be empty. */
function factsOf(item, facets, lang) {
  let price = '';
  const numbers = [];
  const others = [];
  for (const facet of facets) {
    const value = item.facets?.[facet.name];
    if (typeof value === 'number') {
      const money = currency(value, facet.unit, lang);
      if (money && !price) price = money;
      else numbers.push(money || measured(value, facet, lang));
    } else if (Array.isArray(value) && value.length) {
      others.push(value.slice(0, NAMES).join(', '));
    }
  }
  return { price, line: [...numbers, ...others].slice(0, PARTS).join(' · ') };
}

/** "$99", "12,50 €"; empty where the unit is no currency. */
function currency(value, unit, lang) {
  if (!/^[A-Z]{3}$/.test(unit || '')) return '';
  const digits = Number.isInteger(value) ? 0 : 2;
  const how = { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' };
  try {
    return new Intl.NumberFormat(lang || undefined, { ...how, minimumFractionDigits: digits }).format(value);
  } catch {
    return `${value} ${unit}`;
  }
}

/** "170 min", "1995", "rating 4.4": a number without a unit says what it is, except a year. */
function measured(value, facet, lang) {
  const year = Number.isInteger(value) && value >= 1000 && value <= 2200;
  if (year && !facet.unit) return String(value);
  const plain = new Intl.NumberFormat(lang || undefined, { maximumFractionDigits: 2 }).format(value);
  return facet.unit ? `${plain} ${facet.unit}` : `${facet.label || facet.name} ${plain}`;
}
