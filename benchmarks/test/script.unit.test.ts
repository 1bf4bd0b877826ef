import { describe, expect, it } from '@jest/globals'
import type { Recorded } from '../src/statements/recorder.ts'
import { replayableOf, scriptOf, stepsOf, valuesIn } from '../src/statements/script.ts'

const order = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const event = '0198f2a4-6c1e-7d3a-9b52-000000000001'
const said = (text: string, values: unknown[] = [], more: Partial<Recorded> = {}): Recorded => ({
  connection: 1,
  text,
  values,
  rows: 1,
  ...more,
})

describe('what is recorded of a service', () => {
  it('is its transactions whole, although others ran in between', () => {
    const recorded = [
      said('begin'),
      said('begin', [], { connection: 2 }),
      said('insert into orders values ($1)', [order]),
      said('select now()', [], { connection: 2 }),
      said('commit', [], { connection: 2 }),
      said('commit'),
    ]
    expect(stepsOf(recorded).map((step) => step.map(({ text }) => text))).toEqual([['begin', 'insert into orders values ($1)', 'commit']])
  })

  it('leaves out looks that found nothing, and leases', () => {
    const looks = [
      said('with marked as (update outbox set published_at = now()) select', [[], 500, 1], { rows: 0 }),
      said('with marked as (update outbox set published_at = now()) select', [['7'], 500, 1], { rows: 0 }),
      said('update effects e set attempts = attempts + 1', [10], { rows: 0 }),
      said('update outbox_lease set owner = $1', [`orders-1-${order}`]),
      said('select count(*) from outbox'),
      said('select id from (select * from outbox where id <> all ($1::bigint[]) limit $2) as next', ['{}', 500], { rows: 0 }),
    ]
    expect(stepsOf(looks)).toEqual([[looks[1]]])
  })
})

describe('a script', () => {
  it('gives every id a new end, the same within one run', () => {
    const script = scriptOf([[said('select $1::uuid, $2', [order, `capture:${order}`])]])
    expect(script).toBe(
      `\\set i :i + 1\n\\set n :base + :client_id * 1000000000 + :i\n` +
        `select replace(E'00000000-0000-7000-8000-ffffffffffff', 'ffffffffffff', lpad(to_hex(:n::bigint), 12, '0'))::uuid, ` +
        `replace(E'capture\\x3a00000000-0000-7000-8000-ffffffffffff', 'ffffffffffff', lpad(to_hex(:n::bigint), 12, '0'));\n`,
    )
  })

  it('writes values as the driver does, and no colon that pgbench would take for its own', () => {
    const values = [['a"b', null, '{"n":1}'], null, "it's", 7, { at: '12:30' }]
    const script = scriptOf([[said('select $1::text[], $2::text, $3, $4::int, $5::jsonb', values)]])
    expect(script.split('\n')[2]).toBe(
      `select E'{"a\\\\"b",NULL,"{\\\\"n\\\\"\\x3a1}"}'::text[], null::text, E'it''s', E'7'::int, E'{"at"\\x3a"12\\x3a30"}'::jsonb;`,
    )
  })

  it('marks rows of the outbox by their events, and reads as many as were read', () => {
    const mark = said(
      'update outbox set published_at = now() where id = any ($1::bigint[]) and id <> all ($2::bigint[]) limit $3',
      ['{7}', ['8'], 500],
      { rows: 3 },
    )
    const script = scriptOf([[mark]], new Map([['7', event]]))
    expect(script).toContain('where id = any ((array(select id from outbox where event_id = any(replace(')
    expect(script).toContain("limit E'3'")
  })

  it('is also there for a client, with parameters: ids and the keys of customers are others in every run', () => {
    const [one] = replayableOf([[said('select $1, $2', [[order, null], 'c-1-bench-mwssz0qk-8-0'])]], new Map())
    expect(one!.text).toBe('select $1, $2')
    expect(valuesIn(one!, 7)).toEqual([['00000000-0000-7000-8000-000000000007', null], 'c-1-bench-000000000007-8-0'])
  })
})
