/**
 * Waits for statements that were sent together, and throws the error of the *first* that failed. `Promise.all` would throw
 * whichever rejects first: COMMIT of a failed transaction can beat the statement that made it fail, and a data error then looks like another.
 */
export async function inOrder<T extends readonly unknown[] | []>(...statements: T): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  const results = await Promise.allSettled(statements)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never
}
