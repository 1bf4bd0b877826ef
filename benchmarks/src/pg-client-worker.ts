import { Client } from 'pg'
import type { Load, Script, Transactions } from './pgbench.ts'
import { serve } from './worker.ts'

/** pgbench's part where there is no pgbench: the same statements, prepared, one after the other over each connection. */
async function loop(script: Script, client: Client, number: number, until: number): Promise<number> {
  const statements = script.map((text, index) => ({ name: `s${index}`, text: text.replaceAll(':id', '$1'), takesId: text.includes(':id') }))
  let done = 0
  while (performance.now() < until) {
    const id = String(number * 1_000_000_000 + done + 1)
    for (const { name, text, takesId } of statements) await client.query({ name, text, values: takesId ? [id] : [] })
    done += 1
  }
  return done
}

serve({
  async run({ script, load: { url, clients, slotMs } }: { script: Script; load: Load }): Promise<Transactions> {
    const connections = await Promise.all(Array.from({ length: clients }, () => connect(url)))
    const begun = performance.now()
    const done = await Promise.all(connections.map((client, number) => loop(script, client, number, begun + slotMs)))
    const elapsedMs = performance.now() - begun
    await Promise.all(connections.map((client) => client.end()))
    return { done: done.reduce((sum, one) => sum + one, 0), elapsedMs }
  },
})

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}
