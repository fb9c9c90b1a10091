/**
 * Makes an element. Text goes in as text nodes, never as mark-up.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes; `onclick` and the like are listeners,
 *   `undefined` and `false` leave the attribute out
 * @param {...(Node | string | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked') made[name] = value;
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/** @param {string} [iso] a date or instant */
export function day(iso) {
  return iso?.slice(0, 10) ?? 'no date';
}
