/** About how many bytes a line takes in memory. */
export function weigh({ message }: { readonly message: string }): number {
  return message.length * 2 + 200;
}
