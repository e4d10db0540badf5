import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import pg from 'pg';
import { pageOf, pageSql, type Row } from './query.js';
import { listen } from './listen.js';

/** What somebody writes by hand with GraphQL Yoga for this one question: no authentication, no limits, no cost. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const schema = createSchema({
  typeDefs: `
    type Query { organization(by: OrganizationRef!): Organization }
    input OrganizationRef { id: ID }
    type Organization { id: ID! projects(first: Int!): ProjectConnection! }
    type ProjectConnection { nodes: [Project!]! pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Project { id: ID! slug: String! name: String! createdAt: String! }
  `,
  resolvers: {
    Query: { organization: (_root: unknown, { by }: { by: { id: string } }) => ({ id: by.id }) },
    Organization: {
      projects: async ({ id }: { id: string }) =>
        pageOf((await pool.query<Row>({ name: 'page', text: pageSql, values: [id] })).rows),
    },
    Project: { createdAt: ({ createdAt }: Row) => createdAt.toISOString() },
  },
});

const yoga = createYoga({ schema, logging: false, graphiql: false, landingPage: false });

await listen(createServer((request, response) => void yoga(request, response)));
