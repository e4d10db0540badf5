export type TypedVariable = { readonly key: string; readonly value: string; readonly isSecret: boolean };

/** Lines of a .env file: comments and blank lines are left out, `export` and quotes come off. */
export function parseEnv(text: string): readonly { readonly key: string; readonly value: string }[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, key, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key ? [{ key, value: unquote(raw) }] : [];
  });
}

function unquote(raw: string): string {
  const [, quote, inside = ''] = /^(["'])(.*)\1$/s.exec(raw) ?? [];
  if (!quote) return raw.replace(/\s+#.*$/, '');
  return quote === '"' ? inside.replaceAll('\\n', '\n').replaceAll('\\"', '"') : inside;
}

/** The rows of the editor as a form sends them; rows without a key are left out. */
export function variablesIn(form: FormData): readonly TypedVariable[] {
  const keys = form.getAll('key').map(String);
  const values = form.getAll('value').map(String);
  const secrets = new Set(form.getAll('secret').map(String));
  return keys.flatMap((key, index) =>
    key.trim() ? [{ key: key.trim(), value: values[index] ?? '', isSecret: secrets.has(String(index)) }] : [],
  );
}
