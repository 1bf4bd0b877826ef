import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

// As large as real ones: an event of 400 bytes with its envelope.
const headers = JSON.stringify({
  ce_specversion: '1.0',
  ce_id: randomUUID(),
  ce_type: 'OrderPlaced.v1',
  traceparent: `00-${'0'.repeat(51)}`,
})

/** Rows of the last `days` days, the oldest first, all published and handled; behind them `unsent` rows. */
export async function fillHistory(pool: Pool, { rows, days, unsent }: { rows: number; days: number; unsent: number }) {
  const at = `now() - ($1 - n) * ($2::float8 / $1) * interval '1 day'`
  await pool.query(
    `insert into outbox (event_id, topic, key, sequence, payload, headers, created_at, published_at)
     select gen_random_uuid(), 'orders.v1', gen_random_uuid(), 1, repeat('x', 400), $3::jsonb, ${at}, ${at} from generate_series(1, $1::int) as n`,
    [rows, days, headers],
  )
  await pool.query(
    `insert into processed_events (consumer, event_id, topic, partition, "offset", at)
     select 'payments', uuidv7(), 'orders.v1', n % 12, n, ${at} from generate_series(1, $1::int) as n`,
    [rows, days],
  )
  await pool.query(
    `insert into outbox (event_id, topic, key, sequence, payload, headers)
     select gen_random_uuid(), 'orders.v1', gen_random_uuid(), 1, repeat('x', 400), $2::jsonb from generate_series(1, $1::int)`,
    [unsent, headers],
  )
  await pool.query('vacuum analyze outbox, processed_events')
}

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly Node[]
}

/** What a statement does to a table: reads it whole, or by an index. */
export interface Access {
  readonly table?: string
  readonly index?: string
  readonly how: string
}

/** A pool that executes nothing: it notes how PostgreSQL would, with these values and with a plan for any values. */
export function explaining(pool: Pool) {
  const accesses: Access[] = []
  const explain = async (options: string, text: string, values?: unknown[]) => {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (format json${options}) ${text}`, values)
    accesses.push(...nodesOf(rows[0]!['QUERY PLAN'][0].Plan))
  }
  async function query(asked: string | { text: string; values?: unknown[] }, given?: unknown[]) {
    const { text, values = given } = typeof asked === 'string' ? { text: asked } : asked
    await explain('', text, values)
    if (values) await explain(', generic_plan', text)
    return { rows: [], rowCount: 0 }
  }
  return {
    pool: { query } as unknown as Pool,
    accesses,
    trx: { query: async (text: string, values?: readonly unknown[]) => (await query(text, values as unknown[])).rows as never[] },
  }
}

const nodesOf = (node: Node): Access[] => [
  { how: node['Node Type'], table: node['Relation Name'], index: node['Index Name'] },
  ...(node.Plans ?? []).flatMap(nodesOf),
]
