// Photos before they are sent: drawn anew by the browser, so that one from any camera is seen by everybody (an iPhone's
// HEIC too, where the browser can read it), is no larger than a screen needs, and says nothing of where it was taken.

const SIDE = 2560; // pixels of the longer side: a large screen; the file is then about a megabyte
const QUALITY = 0.85;
const SMALL_BYTES = 64 * 1024;
const PICTURES = /^image\/(png|jpe?g|webp|gif|bmp|avif|heic|heif)$/;
const SUFFIXED = /\.(png|jpe?g|webp|gif|bmp|avif|heic|heif)$/i; // some systems give no type
const ANIMATED_BYTES = 10 * 1024 * 1024; // the server takes no larger photo

/** Whether somebody means it as a photo. */
export const looksLikePhoto = (file) => PICTURES.test(file.type) || (!file.type && SUFFIXED.test(file.name));

/** A photo as the browser sees it; rejects where it can't. `close` frees it. */
export async function decode(file) {
  if (globalThis.createImageBitmap) {
    try {
      return await createImageBitmap(file, { imageOrientation: 'from-image' });
    } catch {
      // Some can show in an <img> what they can't make a bitmap of.
    }
  }
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return Object.assign(image, { width: image.naturalWidth, height: image.naturalHeight, close() {} });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A canvas as a file; null where the browser has no memory left for it. */
export const toBlob = (canvas, type, quality) => new Promise((resolve) => canvas.toBlob(resolve, type, quality));

/** Whether any pixel lets through what is behind it. */
function isOpaque(context, width, height) {
  const { data } = context.getImageData(0, 0, width, height);
  for (let at = 3; at < data.length; at += 4) if (data[at] < 255) return false;
  return true;
}

/**
 * A file as it is sent: `{blob, name, kind, width, height}`. A photo that the browser can't read is sent as a file, as it
 * is, rather than shown broken; so is one that would stop moving.
 */
export async function preparePhoto(file) {
  const asFile = { blob: file, name: file.name || 'file', kind: 'file' };
  if (!looksLikePhoto(file)) return asFile;
  let image;
  try {
    image = await decode(file);
  } catch {
    return asFile;
  }
  try {
    if (file.type === 'image/gif') {
      const kind = file.size <= ANIMATED_BYTES ? 'photo' : 'file';
      return { ...asFile, kind, width: image.width, height: image.height };
    }
    return await redraw(file, image);
  } finally {
    image.close();
  }
}

async function redraw(file, image) {
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, width, height);
  // Drawings and screenshots keep their sharp edges and what is transparent in them, unless that costs too much.
  const drawn = file.type === 'image/png' || file.type === 'image/webp';
  let blob = drawn ? await toBlob(canvas, 'image/png') : null;
  if (!blob || (blob.size > SMALL_BYTES * 16 && isOpaque(context, width, height))) {
    blob = await toBlob(canvas, 'image/jpeg', QUALITY);
  }
  if (!blob) return { blob: file, name: file.name, kind: 'file' };
  const stem = (file.name || 'photo').replace(/\.[^.]*$/, '') || 'photo';
  return { blob, name: `${stem}.${blob.type === 'image/png' ? 'png' : 'jpg'}`, kind: 'photo', width, height };
}
