// A JSON schema as something to read: one line of type, one of words, and the fields below it. Pure, no page needed.

/** What a `$ref` names, with what stands beside it; other schemas are themselves. */
function resolve(schema, api) {
  if (!schema?.$ref) return schema ?? {};
  const { $ref, ...beside } = schema;
  const found =
    $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce((at, key) => at?.[key], api) ?? {};
  return { ...found, ...beside };
}

const nameOf = (schema) => schema?.$ref?.split('/').at(-1);

/**
 * A schema as `{ type, words, fields }`; fields are `{ name, required, type, words, fields }`. What contains itself is
 * named and not entered again: `within` are the names on the way.
 */
export function describe(schema, api, within = []) {
  const name = nameOf(schema);
  const whole = resolve(schema, api);
  const words = whole.description ?? '';
  if (name && within.includes(name)) return { type: name, words, fields: [] };
  const inside = name ? [...within, name] : within;
  const choices = whole.oneOf ?? whole.anyOf;
  if (whole.allOf)
    return { type: name ?? 'object', words, fields: whole.allOf.flatMap((part) => describe(part, api, inside).fields) };
  if (choices) return describeChoices(choices, words, api, inside);
  const types = [whole.type ?? (whole.properties ? 'object' : 'any')].flat();
  const orNull = types.includes('null') ? ' or null' : '';
  const type = types.find((one) => one !== 'null') ?? 'null';
  if (type === 'array') return describeArray(whole, words, orNull, api, inside);
  if (type === 'object') return { type: (name ?? 'object') + orNull, words, fields: fieldsOf(whole, api, inside) };
  const values = whole.enum ? `: ${whole.enum.map((value) => JSON.stringify(value)).join(', ')}` : '';
  return { type: type + orNull + values, words, fields: [] };
}

function describeChoices(choices, words, api, within) {
  const isNull = (schema) => schema.type === 'null';
  const orNull = choices.some(isNull) ? ' or null' : '';
  const rest = choices.filter((schema) => !isNull(schema)).map((schema) => describe(schema, api, within));
  if (rest.length === 1) return { ...rest[0], type: rest[0].type + orNull, words: words || rest[0].words };
  const fields = rest.map((choice, at) => ({ name: at ? 'or' : 'either', required: true, ...choice }));
  return { type: `one of ${rest.length}${orNull}`, words, fields };
}

function describeArray(whole, words, orNull, api, within) {
  const each = (whole.prefixItems ?? []).map((item) => describe(item, api, within).type);
  if (each.length) return { type: `[${each.join(', ')}]${orNull}`, words, fields: [] };
  const item = describe(whole.items ?? {}, api, within);
  return { type: `array of ${item.type}${orNull}`, words, fields: item.fields };
}

const fieldsOf = (whole, api, within) =>
  Object.entries(whole.properties ?? {}).map(([name, schema]) => ({
    name,
    required: (whole.required ?? []).includes(name),
    ...describe(schema, api, within),
  }));

/** All operations of a description in its order, each with method, path, tag and all its parameters. */
export function operations(api) {
  const all = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!['get', 'put', 'post', 'delete', 'patch'].includes(method)) continue;
      const declared = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(one, api));
      // A parameter that is in the path but nowhere declared is still one.
      const inPath = [...path.matchAll(/{([^}]+)}/g)].map(([, name]) => name);
      const missing = inPath.filter((name) => !declared.some((one) => one.in === 'path' && one.name === name));
      const parameters = [...missing.map((name) => ({ name, in: 'path', required: true, schema: {} })), ...declared];
      all.push({
        id: `${method}${path.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')}`,
        method: method.toUpperCase(),
        path,
        tag: operation.tags?.[0] ?? 'Other',
        summary: operation.summary ?? '',
        description: operation.description ?? '',
        parameters,
        body: operation.requestBody && resolve(operation.requestBody, api),
        responses: Object.entries(operation.responses ?? {}).map(([status, answer]) => ({
          status,
          ...resolve(answer, api),
        })),
        open: (operation.security ?? api.security ?? []).every((need) => Object.keys(need).length === 0),
      });
    }
  }
  return all;
}
