// What people type with its little markup, as a tree of text: what becomes what, and what must never become anything.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { clientModule } from './harness.js';

let markdown;

before(async () => {
  markdown = await clientModule('js/markdown.js');
});

const PEOPLE = ['ana', 'dan.p'];

/** A text's nodes, written short: "bold(a)", "link(text href)". */
const parsed = (text) => markdown.parse(text, (name) => PEOPLE.includes(name.toLowerCase())).map(short);

const short = (node) =>
  typeof node === 'string'
    ? node
    : `${node.kind}(${(node.children?.map(short) ?? [node.text]).join(' | ')}${node.href ? ` ${node.href}` : ''})`;

const CASES = {
  emphasis: {
    '**bold** and *it* _it_': ['bold(bold)', ' and ', 'italic(it)', ' ', 'italic(it)'],
    '***both***': ['bold(italic(both))'],
    '*a **b** c*': ['italic(a  | bold(b) |  c)'],
    '**a *b* c**': ['bold(a  | italic(b) |  c)'],
    '**open and **b**': ['**open and ', 'bold(b)'],
    '_a_.': ['italic(a)', '.'],
    'Două **linii\nnu** sunt una': ['Două **linii\nnu** sunt una'],
  },
  'what only looks like emphasis': {
    '2*3*4 = 24': ['2*3*4 = 24'],
    'un_nume_lung __init__': ['un_nume_lung __init__'],
    '* list\n* item': ['* list\n* item'],
    '5 * 4 * 3': ['5 * 4 * 3'],
    '****': ['****'],
    '*a*b': ['*a*b'],
  },
  code: {
    'a `b` c': ['a ', 'code(b)', ' c'],
    '`a*b*` *x*': ['code(a*b*)', ' ', 'italic(x)'],
    'a ` **b**': ['a ` ', 'bold(b)'],
    '```js\nlet x;\n\n  y\n```\nafter': ['block(let x;\n\n  y)', 'after'],
    'x\n```\n**y**\n```': ['x', 'block(**y**)'],
    '```open': ['```open'],
    '``` ```': ['``` ```'],
  },
  links: {
    'see https://a.ro/b_(c). (and www.x.ro)': [
      'see ',
      'link(https://a.ro/b_(c) https://a.ro/b_(c))',
      '. (and ',
      'link(www.x.ro https://www.x.ro/)',
      ')',
    ],
    '**http://a.ro**': ['bold(link(http://a.ro http://a.ro/))'],
    'javascript:alert(1) data:text/html,x ftp://a.ro': ['javascript:alert(1) data:text/html,x ftp://a.ro'],
    'http:// https:// www. www.x': ['http:// https:// www. www.x'],
    'https://a.ro/"onclick=x': ['link(https://a.ro/ https://a.ro/)', '"onclick=x'],
    'https://a.ro/\u202egpj.exe': ['link(https://a.ro/ https://a.ro/)', '\u202egpj.exe'],
    '`https://a.ro`': ['code(https://a.ro)'],
  },
  mentions: {
    '@Ana, @dan.p. și @altcineva': ['mention(@Ana)', ', ', 'mention(@dan.p)', '. și @altcineva'],
    'ana@ana.ro': ['ana@ana.ro'],
    '**@ana**': ['bold(mention(@ana))'],
  },
  'no markup of another kind': {
    '<b>*x*</b> &amp; <script>': ['<b>', 'italic(x)', '</b> &amp; <script>'],
    '# a [b](c) #d': ['# a [b](c) #d'],
  },
};

for (const [name, cases] of Object.entries(CASES)) {
  test(name, () => {
    for (const [text, nodes] of Object.entries(cases)) assert.deepEqual(parsed(text), nodes, text);
  });
}

test('no letter is lost, whatever is typed', () => {
  const signs = ['*', '**', '***', '_', ' ', 'a', '\n', '@', 'ă', '.'];
  let seed = 7;
  const chance = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const written = (node) => {
    if (typeof node === 'string') return node;
    return (node.children ?? [node.text]).map(written).join('');
  };
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: chance(20) }, () => signs[chance(signs.length)]).join('');
    const kept = written({ children: markdown.parse(text, () => true) });
    const letters = (one) => one.replace(/[*_]/g, '');
    assert.equal(letters(kept), letters(text), JSON.stringify(text));
  }
});

// A square of so many letters would take minutes, not seconds.
test('a hostile text is read in one go', { timeout: 60_000 }, () => {
  const parts = [
    '*',
    '**',
    '* ',
    '*a',
    '*a ',
    '**a *b ',
    '_*',
    '***a ',
    '`',
    '`a',
    '``` ',
    '@',
    '@a.',
    'http://a ',
    'www.',
  ];
  for (const part of [...parts, 'https://a.ro(', 'https://a.ro/)))', '\n', ' ', 'h', '@a', '.']) {
    const text = part.repeat(200_000 / part.length);
    for (const one of [text, `\`\`\`${text}\`\`\``, `https://${text}`, `@a${text}`]) markdown.parse(one, () => true);
  }
});

test('few emoji that stand alone are counted, others are text', () => {
  const counts = { '😀': 1, '👨‍👩‍👧‍👦': 1, '🇷🇴': 1, '❤️ 👍🏽': 2, '1️⃣': 1, '😀😀😀': 3, '😀😀😀😀': 0, 'a😀': 0, 12: 0, '': 0 };
  for (const [text, count] of Object.entries(counts)) assert.equal(markdown.emojiAlone(text), count, text);
});
