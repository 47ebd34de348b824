// The little markup that people type in chats, as data: **bold**, *italic* or _italic_, `code`, ``` blocks of code,
// links and @names. What comes out is text in a tree, never HTML, so nothing that is typed can become an element of the page.
//
// It reads a text once from left to right. Each kind of emphasis is open at most once, so the tree is at most four deep
// and a text of ten thousand asterisks takes no longer than any other.

const WORD = /[\p{L}\p{N}_]/u;
const SPACE = /\s/u;
const SPECIAL = /[*_`@hHwW\n]/g;
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/iy;
const NAME = /@([\p{L}\p{N}_][\p{L}\p{N}_.+@-]*)/uy;
const NAME_BEFORE = /[\p{L}\p{N}_.+-]/u;
const NAME_SIGNS = '.+@-';
const LANGUAGE = /^ *[\w+#.-]+ *\n/;
const CLOSERS = { ')': '(', ']': '[', '}': '{' };
const KINDS = { '**': 'bold', '*': 'italic', _: 'italic' };

/**
 * A text as nodes: strings, and `{kind}` of bold or italic with `children`, code or block with `text`, link with `text`
 * and `href`, mention with `text` and `name`. `isPerson(name)` says whose names after an @ are names.
 */
export function parse(text, isPerson = () => false) {
  const root = { children: [] };
  const open = [root]; // then what is emphasised, the innermost last
  let plain = 0; // where the text begins that is in no node yet

  const add = (node) => open.at(-1).children.push(node);
  const flush = (end) => {
    if (end > plain) add(text.slice(plain, end));
    plain = end;
  };
  const put = (node, from, to) => {
    flush(from);
    add(node);
    plain = to;
    return to;
  };
  /** What was opened and never closed was no emphasis. */
  const giveUp = (depth) => {
    while (open.length > depth) {
      const { mark, children } = open.pop();
      const outer = open.at(-1).children;
      outer.push(mark);
      for (const child of children) outer.push(child);
    }
  };
  const emphasis = (mark, at) => {
    const end = at + mark.length;
    const before = text[at - 1] ?? ' ';
    const after = text[end] ?? ' ';
    const depth = open.findIndex((one) => one.mark === mark);
    const closes = depth > 0 && !SPACE.test(before) && !WORD.test(after) && open[depth].from < at;
    const opens = !SPACE.test(after) && !WORD.test(before) && after !== mark[0];
    if (!closes && !opens) return end;
    flush(at);
    plain = end;
    if (closes) {
      giveUp(depth + 1);
      const { children } = open.pop();
      add({ kind: KINDS[mark], children });
    } else {
      if (depth > 0) giveUp(depth);
      open.push({ mark, from: end, children: [] });
    }
    return end;
  };

  let at = 0;
  let fences = true; // whether another ``` may follow
  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const found = SPECIAL.exec(text);
    if (!found) break;
    at = found.index;
    const sign = found[0];
    if (sign === '\n') {
      flush(at);
      giveUp(1); // emphasis ends with its line
      at += 1;
    } else if (sign === '`') {
      at = code(at);
    } else if (sign === '*' || sign === '_') {
      let length = 1;
      while (text[at + length] === sign) length += 1;
      if (sign === '_' ? length > 1 : length > 3) at += length;
      else if (length < 3) at = emphasis(sign.repeat(length), at);
      else at = three(at);
    } else if (sign === '@') {
      at = mention(at);
    } else {
      at = link(at);
    }
  }
  flush(text.length);
  giveUp(1);
  return joined(root.children);

  /** "***" opens both kinds, or closes them, the inner one first. */
  function three(at) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + 3] ?? ' ';
    if (open.length === 1 && !SPACE.test(after) && !WORD.test(before)) {
      flush(at);
      plain = at + 3;
      for (const mark of ['**', '*']) open.push({ mark, from: plain, children: [] });
      return plain;
    }
    const inner = open.at(-1).mark === '*' ? '*' : '**';
    return emphasis(inner === '*' ? '**' : '*', emphasis(inner, at));
  }

  function code(at) {
    if (text.startsWith('```', at) && fences) {
      const end = text.indexOf('```', at + 3);
      fences = end >= 0;
      if (end >= 0) {
        const inside = text
          .slice(at + 3, end)
          .replace(LANGUAGE, '')
          .replace(/^\n/, '')
          .trimEnd();
        if (inside) {
          flush(text[at - 1] === '\n' ? at - 1 : at); // a block stands on lines of its own anyway
          plain = at;
          giveUp(1);
          const to = end + 3;
          return put({ kind: 'block', text: inside }, at, text[to] === '\n' ? to + 1 : to);
        }
      }
    }
    let length = 1;
    while (text[at + length] === '`') length += 1;
    if (length > 1) return at + length;
    const end = text.indexOf('`', at + 1);
    if (end < 0) return at + 1;
    const inside = text.slice(at + 1, end);
    if (!inside.trim() || inside.includes('\n')) return at + 1;
    return put({ kind: 'code', text: inside }, at, end + 1);
  }

  function mention(at) {
    NAME.lastIndex = at;
    const name = NAME_BEFORE.test(text[at - 1] ?? ' ') ? null : NAME.exec(text)?.[1];
    if (!name) return at + 1;
    // A full stop after the name may be the sentence's.
    let end = name.length;
    while (NAME_SIGNS.includes(name[end - 1])) end -= 1;
    const known = [name, name.slice(0, end)].find((one) => isPerson(one));
    if (!known) return at + 1 + name.length;
    return put({ kind: 'mention', text: `@${known}`, name: known }, at, at + 1 + known.length);
  }

  function link(at) {
    if (WORD.test(text[at - 1] ?? ' ')) return at + 1;
    ADDRESS.lastIndex = at;
    const found = ADDRESS.exec(text)?.[0];
    if (!found) return at + 1;
    const address = trimmed(found);
    const href = asHref(address);
    if (!href) return at + found.length;
    return put({ kind: 'link', text: address, href }, at, at + address.length);
  }
}

/** An address without what is the sentence's: signs at its end, and brackets that were opened before it. */
function trimmed(address) {
  let end = address.length;
  const count = {};
  for (const sign of address) count[sign] = (count[sign] ?? 0) + 1;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    const opened = CLOSERS[last];
    const over = opened && count[last] > (count[opened] ?? 0);
    if (!over && !/[.,;:!?*_'’”…~|]/.test(last)) break;
    count[last] -= 1;
  }
  return address.slice(0, end);
}

function asHref(address) {
  try {
    const url = new URL(/^www\./i.test(address) ? ['https:', address].join('//') : address);
    const isName = /^www\./i.test(address) ? /^www\.[^.]+\../i.test(url.hostname) : url.hostname;
    return isName && /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Neighbouring strings as one. */
function joined(nodes) {
  const all = [];
  let texts = [];
  const flush = () => {
    if (texts.length) all.push(texts.join(''));
    texts = [];
  };
  for (const node of nodes) {
    if (typeof node === 'string') texts.push(node);
    else {
      flush();
      all.push(node.children ? { ...node, children: joined(node.children) } : node);
    }
  }
  flush();
  return all;
}

const written = (node) => (typeof node === 'string' ? node : (node.children?.map(written).join('') ?? node.text));

/** A text without its markup, in a line of words. */
export const plain = (text) => parse(text).map(written).join('');

const EMOJI = new RegExp(
  [
    '\\p{Regional_Indicator}{2}',
    '[0-9#*]\\ufe0f?\\u20e3',
    '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?[\\u{e0020}-\\u{e007f}]*' +
      '(?:\\u200d\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?)*',
  ].join('|'),
  'gu',
);
const EMOJI_UNITS = 120; // what three of the longest take
const EMOJI_SHOWN_LARGE = 3;

/** How many emoji a text is, where it is nothing else and they are few enough to be shown large; else 0. */
export function emojiAlone(text) {
  if (text.length > EMOJI_UNITS) return 0;
  let count = 0;
  const rest = text.replace(EMOJI, () => {
    count += 1;
    return '';
  });
  return rest.trim() || count > EMOJI_SHOWN_LARGE ? 0 : count;
}
