import type { OrderList } from '../answers.ts'
import { command, query, whole } from '../command.ts'
import { EXIT, misuse } from '../exit.ts'
import { isOpen, ordersCounted } from '../order/status.ts'
import { type Columns, table } from '../table.ts'
import { ago, duration, money } from '../words.ts'

const MOST = 100
const columns: Columns = ['order', 'status', 'placed', { title: 'total', right: true }]

export const ordersLs = command({
  name: 'orders ls',
  summary: 'orders, oldest first: which have not ended?',
  about: 'Exit code 1: with --older, one is that old and has not ended.',
  options: {
    open: { type: 'boolean', help: 'only those that have not ended' },
    older: { type: 'string', value: 'TIME', help: 'only those that were placed so long ago: 60s, 5min, 2h, 1d' },
    limit: { type: 'string', value: 'N', help: `orders (20; at most ${MOST})` },
  },
  examples: [
    ['orders ls --open', 'what is on its way'],
    ['orders ls --open --older 60s', 'what should have arrived'],
  ],
  async run({ values: { open, older, limit } }, { ask, paint, now }) {
    const seconds = older === undefined ? 0 : secondsOf(older)
    const asked = { open, limit: limit === undefined ? undefined : whole('limit', limit, MOST) }
    const { orders: all, counts } = await ask.get<OrderList>('orders', `/admin/orders${query(asked)}`)
    const orders = all.filter(({ placedAt }) => now() - Date.parse(placedAt) >= seconds * 1000)
    const late = older !== undefined && orders.some(({ status }) => isOpen(status))
    const rows = orders.map(({ orderId, status, placedAt, total }) => [
      ...[orderId, paint(isOpen(status) ? 'yellow' : 'dim', status), ago(placedAt, now()), money(total.amount, total.currency)],
    ])
    const none = `No order${open ? ' is on its way' : ''}${older === undefined ? '' : ` for ${duration(seconds)} or longer`}.`
    const list = rows.length === 0 ? none : table(columns, rows, paint)
    return { json: { orders, counts }, text: `${list}\n\n${ordersCounted(counts)}`, exit: late ? EXIT.notWell : EXIT.well }
  },
})

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 }

function secondsOf(text: string): number {
  const [, value, unit = 's'] = /^(\d{1,9}) ?(s|m|min|h|d)?$/.exec(text) ?? []
  if (value === undefined) throw misuse(`--older takes a time (60s, 5min, 2h, 1d), not "${text}"`)
  return Number(value) * UNITS[unit]!
}
