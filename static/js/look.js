'use strict';

// Not a module, so that it runs before the first paint: a page must not turn dark, or change its language, before one's
// eyes. Colours and language follow the system until one is chosen; what is chosen is kept on this device.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const show = () => {
    const chosen = localStorage.getItem('look');
    const isPlain = chosen && chosen !== 'contrast';
    root.dataset.look = isPlain ? chosen : dark.matches ? 'dark' : 'light';
    root.classList.toggle('contrast', chosen === 'contrast' || (!chosen && contrast.matches));
    root.lang = localStorage.getItem('language') ?? (/^ro\b/i.test(navigator.language) ? 'ro' : 'en');
  };
  dark.addEventListener('change', show);
  contrast.addEventListener('change', show);
  addEventListener('look', show);
  show();
})();
