// A picture of somebody or of a group: chosen, cut to a square and made small here, so that it says nothing of where and
// when it was taken, and any photo of any size will do.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { decode, toBlob } from '../photos.js';
import { t } from '../text.js';
import { Icon } from '../ui.js';
import { Dialog } from '../ui/over.js';

const SIDE = 512; // pixels of the picture that is kept
const VIEW = 280; // pixels of the square that one sees
const ZOOM = 4;
const STEP = 12; // pixels that an arrow key moves
const QUALITY = 0.88;

/** A round button that lets one choose and cut a picture. `onPicture` gets it as a JPEG. */
export function PictureButton({ label, blob, children, onPicture }) {
  const picker = useRef();
  const [file, choose] = useState(null);
  const [url, show] = useState(null);
  useEffect(() => {
    if (!blob) return show(null);
    const made = URL.createObjectURL(blob);
    show(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return html`
    <button type="button" class="picture" aria-label=${label} title=${label} onClick=${() => picker.current.click()}>
      ${url ? html`<img class="avatar size-96" src=${url} alt="" width="96" height="96" />` : children}
      <span class="camera"><${Icon} id="camera" /></span>
    </button>
    <input
      type="file"
      accept="image/*"
      hidden
      tabindex="-1"
      aria-hidden="true"
      ref=${picker}
      onChange=${({ currentTarget: input }) => {
        choose(input.files[0] ?? null);
        input.value = '';
      }}
    />
    ${
      file &&
      html`<${Crop}
        file=${file}
        onClose=${() => choose(null)}
        onDone=${(picture) => {
          choose(null);
          onPicture(picture);
        }}
      />`
    }
  `;
}

/** The square that is cut: its middle in the image's pixels, and how often its width fits into the shorter side. */
const whole = (image) => ({ x: image.width / 2, y: image.height / 2, zoom: 1 });

function inside(image, { x, y, zoom }) {
  const near = Math.min(ZOOM, Math.max(1, zoom));
  const half = Math.min(image.width, image.height) / near / 2;
  const within = (value, size) => Math.min(size - half, Math.max(half, value));
  return { x: within(x, image.width), y: within(y, image.height), zoom: near };
}

function draw(canvas, image, { x, y, zoom }) {
  const side = Math.min(image.width, image.height) / zoom;
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff'; // what is transparent would turn black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, x - side / 2, y - side / 2, side, side, 0, 0, canvas.width, canvas.height);
}

function Crop({ file, onClose, onDone }) {
  const [image, show] = useState(null);
  const [problem, complain] = useState('');
  const [cut, setCut] = useState(null);
  const canvas = useRef();
  const fingers = useRef(new Map());

  useEffect(() => {
    let isOver = false;
    let decoded;
    decode(file).then(
      (read) => {
        decoded = read;
        if (isOver) return read.close();
        show(read);
        setCut(whole(read));
      },
      () => complain(t('notAPicture')),
    );
    return () => {
      isOver = true;
      decoded?.close();
    };
  }, [file]);
  useLayoutEffect(() => {
    if (image && cut) draw(canvas.current, image, cut);
  }, [image, cut]);

  const change = (make) => setCut((before) => inside(image, { ...before, ...make(before) }));
  const scale = (now) => Math.min(image.width, image.height) / now.zoom / VIEW;
  const move = (dx, dy) => change((now) => ({ x: now.x - dx * scale(now), y: now.y - dy * scale(now) }));
  const zoomBy = (factor) => change((now) => ({ zoom: now.zoom * factor }));
  const grab = (event) => {
    canvas.current.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, event);
  };
  const drag = (event) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const [other] = [...fingers.current.values()].filter((one) => one.pointerId !== event.pointerId);
    if (other) {
      const gap = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      if (gap(before) > 0) zoomBy(gap(event) / gap(before));
    } else move(event.clientX - before.clientX, event.clientY - before.clientY);
    fingers.current.set(event.pointerId, event);
  };
  const release = (event) => fingers.current.delete(event.pointerId);
  const press = (event) => {
    const [x, y] =
      { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    move(x, y);
  };
  const finish = async () => {
    const made = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
    draw(made, image, cut);
    const blob = await toBlob(made, 'image/jpeg', QUALITY);
    if (blob) onDone(blob);
    else complain(t('notAPicture'));
  };

  return html`<${Dialog} name=${t('cropPicture')} class="crop" onClose=${onClose}>
    ${problem && html`<p class="error" role="alert">${problem}</p>`}
    ${
      !problem &&
      html`<canvas
          ref=${canvas}
          width=${VIEW * 2}
          height=${VIEW * 2}
          role="img"
          tabindex="0"
          aria-label=${t('cropHint')}
          onPointerDown=${grab}
          onPointerMove=${drag}
          onPointerUp=${release}
          onPointerCancel=${release}
          onWheel=${(event) => {
            event.preventDefault();
            zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
          }}
          onKeyDown=${press}
        />
        <p class="hint" aria-hidden="true">${t('cropMove')}</p>
        <label class="zoom">
          <span>${t('zoom')}</span>
          <input
            type="range"
            min="1"
            max=${ZOOM}
            step="0.01"
            value=${cut?.zoom ?? 1}
            onInput=${(event) => change(() => ({ zoom: Number(event.currentTarget.value) }))}
          />
        </label>`
    }
    <div class="buttons">
      <button type="button" onClick=${onClose}>${t('cancel')}</button>
      <button type="button" class="primary" disabled=${!image} onClick=${finish}>${t('usePicture')}</button>
    </div>
  <//>`;
}
