import { parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { persistedDocuments } from '../generated/persisted-documents.js';

export type Operation = {
  readonly name: string;
  readonly kind: OperationDefinitionNode['operation'];
  /** As the SDK sends it. */
  readonly text: string;
  readonly document: DocumentNode;
};

/** Every operation of the SDK, once. */
export const operations: readonly Operation[] = [
  ...new Map(Object.values(persistedDocuments).map((text) => [nameIn(text), operationOf(text)])).values(),
];

function operationOf(text: string): Operation {
  const document = parse(text);
  return { name: nameIn(text), kind: definitionIn(document).operation, text, document };
}

function nameIn(text: string): string {
  return definitionIn(parse(text)).name?.value ?? '';
}

function definitionIn({ definitions }: DocumentNode): OperationDefinitionNode {
  const operation = definitions.find((one) => one.kind === 'OperationDefinition');
  if (!operation) throw new Error('This document has no operation.');
  return operation;
}
