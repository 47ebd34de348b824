// An operation as a command to copy: what is required, with values that could be.

import { describe } from './schema.js';

const SAMPLES = {
  username: 'ana',
  password: 'lemon-Harbour-41',
  password2: 'lemon-Harbour-41',
  old_password: 'walnut-Lantern-72',
  email: 'ana@example.org',
  first_name: 'Ana',
  last_name: 'Ionescu',
  refresh: '$REFRESH',
  token: '0123456789abcdef0123456789abcdef',
  chat_id: 1,
  text: 'Hello',
  q: 'hello',
  type: 'privat',
  name: 'Ana and Bogdan',
  users: [2],
  emoji: '%F0%9F%91%8D',
  key: '0123456789abcdef0123456789abcdef',
  _name: 'photo.png',
};

function sample({ name, type }) {
  if (name in SAMPLES) return SAMPLES[name];
  if (type.startsWith('boolean')) return true;
  if (type.startsWith('array')) return [1];
  return type.startsWith('string') ? name : 1;
}

// Double quotes only where a variable is to be filled in by the shell.
const quoted = (text) =>
  /\$[A-Z]+/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `'${text.replaceAll("'", "'\\''")}'`;

/** The command. */
export function curl(operation, api, origin) {
  const path = operation.path.replace(/{([^}]+)}/g, (_, name) => sample({ name, type: 'integer' }));
  const needed = operation.parameters.filter((one) => one.in === 'query' && one.required);
  const query = needed.map(
    (one) => `${one.name}=${encodeURIComponent(sample({ name: one.name, type: describe(one.schema, api).type }))}`,
  );
  const address = quoted(origin + path + (query.length ? `?${query.join('&')}` : ''));
  const parts = [operation.method === 'GET' ? `curl ${address}` : `curl -X ${operation.method} ${address}`];
  if (!operation.open) parts.push('-H "Authorization: Bearer $ACCESS"');
  const [kind, content] = Object.entries(operation.body?.content ?? {})[0] ?? [];
  const { fields } = describe(content?.schema, api);
  const required = fields.filter((field) => field.required);
  const sent = required.length ? required : fields.filter((field) => field.name in SAMPLES);
  if (kind === 'application/json') {
    const body = Object.fromEntries(sent.map((field) => [field.name, sample(field)]));
    parts.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`);
  } else if (kind) {
    parts.push(...(fields.length ? fields : [{ name: 'FIELD' }]).map((field) => `-F ${field.name}=@photo.png`));
  }
  return parts.join(' \\\n  ');
}
