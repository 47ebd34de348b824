// Style sheets of rooms that only some people go to.

/** Puts on the style sheet of this name, once. */
export function dress(name) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`../css/${name}.css`, import.meta.url).href;
  document.head.append(link);
}
