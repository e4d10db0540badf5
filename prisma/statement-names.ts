const mostNamed = 500;

/**
 * A name for each text of a statement: then PostgreSQL parses and plans it once a connection. Texts that come after the
 * first few hundred have none: those with lists differ with every length, and names are never forgotten.
 */
export function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= mostNamed) return '';
    const name = `s${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
