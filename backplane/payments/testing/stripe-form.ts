/** What a form says: texts, lists and objects of these. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

/** Reads `items[0][price]=x` as the API does; null for what it would not take. */
export function parseForm(text: string): Form | null {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = /^([a-z_]+)((?:\[[a-z0-9_]*\])*)$/.exec(name);
    if (!path) return null;
    const inner = [...(path[2] ?? '').matchAll(/\[([a-z0-9_]*)\]/g)].map(([, key = '']) => key);
    if (!put(form, [path[1] ?? '', ...inner], value)) return null;
  }
  return listed(form) as Form;
}

function put(form: Form, [key = '', ...rest]: string[], value: string): boolean {
  const name = key === '' ? String(Object.keys(form).length) : key;
  if (rest.length === 0) {
    if (Object.hasOwn(form, name)) return false;
    form[name] = value;
    return true;
  }
  const inner = (form[name] ??= {});
  return typeof inner === 'object' && !Array.isArray(inner) && put(inner, rest, value);
}

/** Objects whose names are 0, 1, 2 … are lists. */
function listed(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, listed(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
