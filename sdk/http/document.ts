/** What the text of a document says about itself, without parsing it whole. */
export function describeDocument(text: string): {
  readonly operationName: string | undefined;
  readonly isMutation: boolean;
} {
  const operations = [...text.replace(/#.*$/gm, '').matchAll(/(?:^|\})\s*(query|mutation|subscription)\b\s*(\w+)?/g)];
  return {
    operationName: operations.length === 1 ? operations[0]?.[2] : undefined,
    isMutation: operations.some(([, kind]) => kind === 'mutation'),
  };
}
