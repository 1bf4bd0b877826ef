/** How long `waitFor` polls, how often, and what it says when it gives up. */
export interface WaitOptions {
  /** Milliseconds after which the wait fails. */
  readonly deadline?: number
  /** Milliseconds between two looks at the condition. */
  readonly every?: number
  /** What is waited for, in words: the first line of the failure. */
  readonly what?: string
  /** Told once at the deadline: the state of the world that explains the failure. */
  readonly diagnose?: () => unknown
}

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>

/** Polls until the condition gives something truthy and returns that; an exception counts as "not yet". */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<Truthy<T>> {
  const { deadline = 10_000, every = 20 } = options
  const end = performance.now() + deadline
  let last: unknown
  do {
    const look = await attempt(condition, end - performance.now())
    if ('value' in look && look.value) return look.value as Truthy<T>
    last = 'error' in look ? look.error : undefined
    await new Promise((resolve) => setTimeout(resolve, every))
  } while (performance.now() < end)
  throw new Error(await explain(options, deadline, last), { cause: last })
}

// A condition that hangs (a dead socket, say) must not outlive the deadline either.
async function attempt<T>(condition: () => T | Promise<T>, ms: number): Promise<{ value: T } | { error: unknown }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the condition itself did not answer in time')), Math.max(ms, 1))
  })
  try {
    return { value: await Promise.race([condition(), late]) }
  } catch (error) {
    return { error }
  } finally {
    clearTimeout(timer)
  }
}

async function explain({ what = 'condition', diagnose }: WaitOptions, deadline: number, last: unknown): Promise<string> {
  const lines = [`still waiting for ${what} after ${deadline} ms`]
  if (last !== undefined) lines.push(`it threw: ${last instanceof Error ? last.message : String(last)}`)
  if (diagnose) lines.push(await asText(diagnose))
  return lines.join('\n')
}

async function asText(diagnose: () => unknown): Promise<string> {
  try {
    const told = await diagnose()
    return typeof told === 'string' ? told : JSON.stringify(told, null, 2)
  } catch (error) {
    return `diagnose failed: ${String(error)}`
  }
}
