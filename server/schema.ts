import { builder } from './builder.js';
import './scalars.js';
import './refusal/schema.js';
import './resources/schema.js';
import './account/schema.js';
import './organization/schema.js';
import './organization/mutations.js';
import './member/schema.js';
import './invitation/schema.js';
import './token/schema.js';
import './token/created-by.js';
import './token/viewer-fields.js';
import './audit/actor.js';
import './plan/schema.js';
import './project/schema.js';
import './allocation/schema.js';
import './environment/schema.js';
import './variable/schema.js';
import './upload/schema.js';
import './deployment/schema.js';
import './log/schema.js';
import './platform/schema.js';
import './node.js';
import { guardReads } from './access/guard-reads.js';

/** The whole API. `schema.graphql` is its printed form. */
export const schema = guardReads(builder.toSchema());
