type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A value as Lua reads it. Of a text only plain letters stand as they are: nothing in it can end it. */
export function luaValue(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return luaText(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `{ ${value.map(luaValue).join(', ')} }`;
  return `{ ${Object.entries(value)
    .map(([key, each]) => `[${luaText(key)}] = ${luaValue(each)}`)
    .join(', ')} }`;
}

function luaText(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w ,.:;/<>=(){}%#!-]/.test(letter) ? letter : `\\${String(byte).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
