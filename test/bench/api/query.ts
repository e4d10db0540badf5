/** What all of them are asked: 20 of an organization's 100 projects. */
export const document =
  'query($id:ID!){organization(by:{id:$id}){projects(first:20){nodes{id slug name createdAt}pageInfo{hasNextPage endCursor}}}}';

export const pageSql = `
  SELECT "id", "slug", "name", "createdAt" FROM "Project" WHERE "organizationId" = $1 ORDER BY "id" LIMIT 21`;

export type Row = { readonly id: string; readonly slug: string; readonly name: string; readonly createdAt: Date };

/** The page that rows make; the one too many only says that there is more. */
export function pageOf(rows: readonly Row[]) {
  const nodes = rows.slice(0, 20);
  return { nodes, pageInfo: { hasNextPage: rows.length > 20, endCursor: nodes.at(-1)?.id ?? null } };
}
