'use strict';

// Not a module, so that it runs before the first paint: a page must not turn dark, or change its language, before one's
// eyes. Colours and language follow the system until one is chosen; what is chosen is kept on this device.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const show = () => {
    root.dataset.look = localStorage.getItem('look') ?? (dark.matches ? 'dark' : 'light');
    root.lang = localStorage.getItem('language') ?? (/^ro\b/i.test(navigator.language) ? 'ro' : 'en');
  };
  dark.addEventListener('change', show);
  addEventListener('look', show);
  show();
})();
