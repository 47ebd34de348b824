// Photos in full size over the page: keys and swipes lead from one to the next, two fingers or a double tap closer.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { fullName } from '../state.js';
import { useStore } from '../store.js';
import { t, when } from '../text.js';
import { Icon, IconButton, local, Name, carrySaid } from '../ui.js';

const CLOSER = 2.5; // times, for a double tap
const CLOSEST = 6;
const SWIPED = 60; // pixels that are a swipe and not a tremble
const TAP_MILLISECONDS = 300;

/** `photos` are messages with a photo, `at` which of them one begins with. */
export function Lightbox({ photos, at, onClose }) {
  const [id, setId] = useState(photos[at]?.id);
  const dialog = useRef();
  const index = photos.findIndex((message) => message.id === id);
  const message = photos[index];
  const author = useStore((state) => message && state.people[message.from_user]);
  const close = useBack(onClose);

  useLayoutEffect(() => {
    const node = dialog.current;
    node.showModal();
    carrySaid();
    return () => {
      node.close(); // gives the focus back to where it was
      carrySaid();
    };
  }, []);
  useEffect(() => {
    if (!message) close(); // deleted while one looks at it
  }, [message]);

  const step = (by) => {
    const next = photos[index + by];
    if (next) setId(next.id);
  };
  const onKeyDown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  };
  const onCancel = (event) => {
    event.preventDefault();
    close();
  };
  if (!message) return html`<dialog class="lightbox" ref=${dialog}></dialog>`;
  const url = local(message.photo);
  return html`<dialog
    class="lightbox"
    aria-label=${t('photo')}
    ref=${dialog}
    onKeyDown=${onKeyDown}
    onCancel=${onCancel}
  >
    <header>
      <p class="whose">
        <${Name}>${fullName(author)}<//>
        <span>${when(message.time)}${photos.length > 1 && ` · ${index + 1} / ${photos.length}`}</span>
      </p>
      <a
        class="icon-button"
        href=${url}
        download=${message.file_name ?? ''}
        aria-label=${t('download')}
        title=${t('download')}
      >
        <${Icon} id="download" />
      </a>
      <${IconButton} icon="x" label=${t('close')} onClick=${close} />
    </header>
    <${Stage} key=${id} message=${message} url=${url} onStep=${step} onClose=${close} />
    ${
      index > 0 &&
      html`<${IconButton} icon="chevron-left" label=${t('previous')} class="previous" onClick=${() => step(-1)} />`
    }
    ${
      index < photos.length - 1 &&
      html`<${IconButton} icon="chevron-right" label=${t('next')} class="next" onClick=${() => step(1)} />`
    }
  </dialog>`;
}

/** The system's own "back" closes it, as it does on a phone with everything that lies over a page. */
function useBack(onClose) {
  const latest = useRef();
  latest.current = onClose;
  useEffect(() => {
    history.pushState({ ...history.state, isOver: true }, '');
    const gone = () => latest.current();
    addEventListener('popstate', gone);
    return () => removeEventListener('popstate', gone);
  }, []);
  return () => (history.state?.isOver ? history.back() : latest.current());
}

function Stage({ message, url, onStep, onClose }) {
  const image = useRef();
  const view = useRef({ scale: 1, x: 0, y: 0 });
  const fingers = useRef(new Map());
  const start = useRef(null);
  const tapped = useRef(0);
  const { photo_width: width, photo_height: height, photo_thumb: thumb } = message;

  const show = (change, isSmooth = false) => {
    Object.assign(view.current, change);
    const { scale, x, y } = view.current;
    image.current.classList.toggle('smooth', isSmooth);
    image.current.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  };
  /** Comes closer to a point, which stays where it is. */
  const zoom = (to, point, isSmooth) => {
    const { scale, x, y } = view.current;
    const next = Math.min(CLOSEST, Math.max(1, to));
    if (next === 1) return show({ scale: 1, x: 0, y: 0 }, isSmooth);
    const box = image.current.parentNode.getBoundingClientRect();
    const [px, py] = [point.x - box.left - box.width / 2, point.y - box.top - box.height / 2];
    const ratio = next / scale;
    show({ scale: next, x: px - (px - x) * ratio, y: py - (py - y) * ratio }, isSmooth);
  };
  const between = () => {
    const [one, other] = [...fingers.current.values()];
    return {
      distance: Math.hypot(one.x - other.x, one.y - other.y),
      middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
    };
  };

  const down = (event) => {
    if (event.button) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const { scale, x, y } = view.current;
    start.current = {
      scale,
      x,
      y,
      at: { x: event.clientX, y: event.clientY },
      onImage: event.target === image.current,
    };
    if (fingers.current.size === 2) Object.assign(start.current, between(), { pinched: true });
  };
  const move = (event) => {
    if (!fingers.current.has(event.pointerId)) return;
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const { at, distance, scale, x, y } = start.current;
    if (fingers.current.size === 2) {
      const now = between();
      zoom((scale * now.distance) / distance, now.middle);
    } else if (!start.current.pinched) {
      const [dx, dy] = [event.clientX - at.x, event.clientY - at.y];
      if (scale > 1) show({ x: x + dx, y: y + dy });
      else if (event.pointerType !== 'mouse') show({ x: dx, y: dy > 0 ? dy : 0 });
    }
  };
  const up = (event) => {
    if (!fingers.current.delete(event.pointerId) || fingers.current.size) return;
    const { at, onImage, pinched } = start.current;
    if (pinched) return view.current.scale === 1 && show({ x: 0, y: 0 }, true);
    const [dx, dy] = [event.clientX - at.x, event.clientY - at.y];
    const isStill = Math.hypot(dx, dy) < 10;
    if (event.type === 'pointerup' && isStill) tap(event, onImage);
    else if (view.current.scale === 1) {
      show({ x: 0, y: 0 }, true);
      if (event.pointerType === 'mouse' || event.type === 'pointercancel') return;
      if (Math.abs(dx) > SWIPED && Math.abs(dx) > Math.abs(dy)) onStep(dx < 0 ? 1 : -1);
      else if (dy > SWIPED * 1.5) onClose();
    }
  };
  const tap = (event, onImage) => {
    const point = { x: event.clientX, y: event.clientY };
    if (!onImage) return onClose();
    const isDouble = event.timeStamp - tapped.current < TAP_MILLISECONDS;
    tapped.current = isDouble ? 0 : event.timeStamp;
    if (isDouble) zoom(view.current.scale > 1 ? 1 : CLOSER, point, true);
  };
  const wheel = (event) => {
    event.preventDefault();
    zoom(view.current.scale * Math.exp(-event.deltaY / 300), { x: event.clientX, y: event.clientY });
  };

  return html`<div
    class="stage"
    onPointerDown=${down}
    onPointerMove=${move}
    onPointerUp=${up}
    onPointerCancel=${up}
    onWheel=${wheel}
  >
    <img
      ref=${image}
      src=${url}
      alt=${message.text || t('photo')}
      width=${width}
      height=${height}
      draggable=${false}
      style=${thumb ? { backgroundImage: `url("${local(thumb)}")` } : undefined}
    />
  </div>`;
}
