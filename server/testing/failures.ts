import { getNamedType, isLeafType, isUnionType } from 'graphql';
import { schema } from '../schema.js';

/** Selects whatever is plain of every failure that a mutation may answer with. */
export function failuresOf(mutation: string): string {
  const field = schema.getMutationType()?.getFields()[mutation];
  const result = field && getNamedType(field.type);
  if (!isUnionType(result)) throw new Error(`${mutation} is no mutation with a result.`);
  const failures = result.getTypes().filter((type) => type.getInterfaces().some(({ name }) => name === 'Error'));
  return failures
    .map((type) => {
      const plain = Object.values(type.getFields()).filter((one) => isLeafType(getNamedType(one.type)));
      const issues = type.name === 'ValidationError' ? ' issues { path rule message }' : '';
      return `... on ${type.name} { ${plain.map(({ name }) => name).join(' ')}${issues} }`;
    })
    .join(' ');
}
