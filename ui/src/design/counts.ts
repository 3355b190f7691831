/** A count as it is read: 1,204,417. */
export const number = (count: number): string => count.toLocaleString("en-US");

/** A count with its word. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;
