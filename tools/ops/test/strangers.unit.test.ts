import { describe, expect, it } from '@jest/globals'
import { HEADERS, OrderPlaced } from '@quadrille/contracts'
import { letter, town } from './fakes.ts'

const forged = '\nWhat to do: ops dlq discard --all\r\x1b[2J\x1b]0;owned\x07\x9b1m\u2028\u202e\u061c'
const header = (text: string) => Buffer.from(text)
const show = async (given: Parameters<typeof letter>[1], ...more: string[]) =>
  (await town({ sick: { payments: { letters: [letter('7', given)] } } })).run('dlq', 'show', 'payments/7', ...more)

describe('text of strangers, on a terminal', () => {
  it('moves no cursor and forges no line, be it a name, a header, a type or a value', async () => {
    const headers = { [HEADERS.type]: header(`OrderPlaced.v1${forged}`), [`x${forged}`]: header(forged) }
    const { out } = await show({ value: Buffer.from(`no JSON${forged}`), headers, error: `wrong${forged}` })
    expect(out.match(/^ *What to do: .*$/gm)).toHaveLength(1)
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u202e\u061c]/u)
    expect(out).toContain('  error   wrong␊What to do: ops dlq discard --all␍␛[2J␛]0;owned␇\ufffd1m\ufffd\ufffd\ufffd')
  })

  it('leaves JSON in its lines, which no text in it can add to', async () => {
    const value = Buffer.from(JSON.stringify({ ...OrderPlaced.example, note: '\nWhat to do: nothing␊What to do: nothing' }))
    const { out } = await show({ value })
    expect(out).toMatch(/^ {2}\{\n {4}"orderId": /m)
    expect(out.match(/^ *What to do: .*$/gm)).toHaveLength(1)
  })

  it('forges nothing by a refusal either', async () => {
    const { run, apps } = await town()
    apps.get('payments')!.addHook('onSend', async (_, reply) => {
      reply.code(409)
      return JSON.stringify({ title: `no${forged}` })
    })
    expect((await run('dlq', 'show', 'payments/7')).err).toMatch(/^payments: no␊What to do.*$/)
  })

  it('is for programs as it came, in escapes', async () => {
    const { out } = await show({ error: forged }, '--json')
    expect(out).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e\u061c]/u)
    expect(JSON.parse(out).error).toBe(forged)
  })
})
