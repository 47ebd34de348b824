// The page that shows /openapi.json: operations by group, to read, search and copy. No other host is asked for anything.

import { curl } from './curl.js';
import { describe, operations } from './schema.js';

const STATUS = {
  200: 'OK',
  201: 'Created',
  204: 'No content',
  205: 'Reset content',
  206: 'Partial content',
  304: 'Not modified',
  400: 'Something in the request is wrong',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found, or not the caller’s to see',
  409: 'Conflict',
  413: 'Too large',
  416: 'Range not satisfiable',
  429: 'Too many requests',
};

/** An element; text becomes text nodes, never markup. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

/** Words with `code` in them. */
const prose = (text) => text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? h('code', {}, part) : part));

const line = ({ name, required, type, words }, asked) => [
  h('code', { class: 'name' }, name),
  ' ',
  h('span', { class: 'type' }, type),
  ' ',
  asked && !required && h('span', { class: 'optional' }, 'optional'),
  ' ',
  words && h('span', { class: 'words' }, prose(words)),
];

/** Fields as a tree; of those that are asked for it says which may be left out. */
function tree(fields, asked = false) {
  return h(
    'ul',
    { class: 'tree' },
    fields.map((field) =>
      h(
        'li',
        {},
        field.fields.length
          ? h('details', {}, h('summary', {}, line(field, asked)), tree(field.fields, asked))
          : line(field, asked),
      ),
    ),
  );
}

function shape(content, api, asked) {
  return Object.entries(content ?? {}).map(([kind, { schema }]) => {
    const { type, words, fields } = describe(schema, api);
    return h(
      'div',
      { class: 'shape' },
      h(
        'p',
        {},
        h('code', {}, kind),
        ' ',
        h('span', { class: 'type' }, type),
        ' ',
        words && h('span', { class: 'words' }, prose(words)),
      ),
      fields.length > 0 && tree(fields, asked),
    );
  });
}

function copy(text, button) {
  // The clipboard's own interface is there over https only, and this server may speak http.
  const area = h('textarea', { class: 'spoken', 'aria-hidden': 'true' });
  area.value = text;
  button.after(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  button.textContent = 'Copied';
  button.focus();
}

function example(command) {
  const button = h('button', { type: 'button', onclick: () => copy(command, button) }, 'Copy');
  return h(
    'div',
    { class: 'example' },
    h('pre', { tabindex: '0', role: 'region', 'aria-label': 'Example' }, h('code', {}, command)),
    button,
  );
}

function parameters(operation, api) {
  const fields = operation.parameters.map((one) => {
    const { type, words } = describe(one.schema, api);
    return {
      name: one.name,
      required: one.required,
      type: `${one.in}, ${type === 'any' ? 'id' : type}`,
      words: one.description ?? words,
      fields: [],
    };
  });
  return fields.length > 0 && [h('h3', {}, 'Parameters'), tree(fields, true)];
}

/** What an operation shows once it is opened. */
function details(operation, api) {
  const answers = operation.responses.map((answer) =>
    h(
      'li',
      {},
      h(
        'p',
        {},
        h('strong', { class: `status-${answer.status[0]}` }, answer.status),
        ' ',
        prose(answer.description || STATUS[answer.status] || ''),
      ),
      shape(answer.content, api),
    ),
  );
  return [
    operation.description && h('p', {}, prose(operation.description)),
    h(
      'p',
      { class: 'words' },
      operation.open ? 'Needs no sign-in.' : 'Needs a sign-in: the access token in the header.',
    ),
    parameters(operation, api),
    operation.body && [
      h('h3', {}, 'Body'),
      operation.body.description && h('p', {}, prose(operation.body.description)),
      shape(operation.body.content, api, true),
    ],
    h('h3', {}, 'Answers'),
    h('ul', { class: 'answers' }, answers),
    h('h3', {}, 'Example'),
    example(curl(operation, api, location.origin)),
  ].flat(2);
}

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function names(fields) {
  return fields.flatMap((field) => [field.name, ...names(field.fields)]);
}

/** All that an operation is found by. */
function searched(operation, api) {
  const contents = [operation.body?.content, ...operation.responses.map((answer) => answer.content)];
  const schemas = contents
    .flatMap((content) => Object.values(content ?? {}))
    .flatMap(({ schema }) => names(describe(schema, api).fields));
  const parameters = operation.parameters.flatMap((one) => [one.name, one.description ?? '']);
  return plain(
    [
      operation.method,
      operation.path,
      operation.tag,
      operation.summary,
      operation.description,
      ...parameters,
      ...schemas,
    ].join(' '),
  );
}

function show(operation, api) {
  const body = h('div', { class: 'body' });
  const fill = () => body.firstChild || body.append(...details(operation, api).filter(Boolean));
  const node = h(
    'details',
    { id: operation.id, class: 'operation', ontoggle: () => node.open && fill() },
    h(
      'summary',
      {},
      h('span', { class: `method ${operation.method.toLowerCase()}` }, operation.method),
      ' ',
      h(
        'code',
        { class: 'path' },
        operation.path.split(/(?<=.)(?=\/)/).flatMap((part, at) => (at ? [h('wbr'), part] : part)),
      ),
      ' ',
      h('span', { class: 'words' }, prose(operation.summary)),
    ),
    body,
  );
  return { node, words: searched(operation, api) };
}

function start(api) {
  document.getElementById('title').textContent = `${api.info.title} API`;
  document.getElementById('about').append(...prose(api.info.description ?? ''));
  const all = operations(api);
  const tags = [...new Set([...(api.tags ?? []).map((tag) => tag.name), ...all.map((one) => one.tag)])];
  const groups = tags
    .map((tag) => {
      const shown = all.filter((one) => one.tag === tag).map((one) => show(one, api));
      return {
        tag,
        shown,
        node: h(
          'section',
          { id: tag, 'aria-labelledby': `${tag}-title` },
          h('h2', { id: `${tag}-title` }, tag),
          shown.map((one) => one.node),
        ),
      };
    })
    .filter((group) => group.shown.length);
  document.getElementById('groups').append(...groups.map(({ tag }) => h('a', { href: `#${tag}` }, tag)));
  document.getElementById('operations').append(...groups.map((group) => group.node));

  const search = document.getElementById('search');
  const filter = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of groups) {
      for (const one of group.shown) {
        one.node.hidden = !words.every((word) => one.words.includes(word));
        found += !one.node.hidden;
      }
      group.node.hidden = group.shown.every((one) => one.node.hidden);
    }
    document.getElementById('found').textContent = words.length ? `${found} of ${all.length}` : '';
  };
  search.addEventListener('input', filter);
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input')) return;
    event.preventDefault();
    search.focus();
  });
  filter();

  const go = () => {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (wanted?.matches('details')) wanted.open = true;
    wanted?.scrollIntoView();
  };
  addEventListener('hashchange', go);
  go();
}

try {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(String(response.status));
  start(await response.json());
} catch (error) {
  document
    .getElementById('operations')
    .append(
      h(
        'p',
        { role: 'alert' },
        `The description could not be loaded (${error.message}). Reload the page to try again.`,
      ),
    );
}
