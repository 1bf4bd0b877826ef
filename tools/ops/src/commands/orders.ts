import { command } from '../command.ts'
import { EXIT, misuse, refusal } from '../exit.ts'
import { askOrder } from '../order/ask.ts'
import { orderIdOf } from '../order/find.ts'
import { isStuck, storyOf } from '../order/story.ts'
import { storyText } from '../order/view.ts'

export const ordersShow = command({
  name: 'orders show',
  summary: 'one order across all services: what happened, what caused what, and why it waits',
  about: `Every event stands under the one that caused it, with milliseconds since the order was placed, topic-partition-offset, and when each
consumer took it; then effects, mails, dead letters, and in words what the order waits for.
Exit code 1: it is stuck until somebody does something.`,
  words: { shown: 'ORDER', least: 1, most: 1 },
  options: {},
  examples: [
    ['orders show 0199c0de-0000-7000-8000-000000000001', 'the whole story of an order'],
    ['orders show 970A4F6C', 'by the short number that its mails show: the last 8 characters of its id'],
  ],
  async run({ words: [word = ''] }, ops) {
    const orderId = await orderIdOf(word, ops)
    const { told, missing } = await askOrder(orderId, ops)
    const known = told.order !== null || [...told.records.values()].some((record) => record.known)
    if (missing.length === 0 && !known) throw refusal(`no service has heard of order ${orderId}`)
    const story = storyOf(told, ops.now())
    const exit = isStuck(story, ops.now()) ? EXIT.notWell : EXIT.well
    return { json: story, text: storyText(story, ops.now(), ops.paint), missing, exit }
  },
})

export const ordersCancel = command({
  name: 'orders cancel',
  summary: "ends an order, whatever its age and status: the operators' cancel",
  about: `For an order whose own event was discarded. Money and stock go back, points are revoked, a parcel is recalled.`,
  words: { shown: 'ORDER', least: 1, most: 1 },
  options: { reason: { type: 'string', value: 'TEXT', help: 'why, for the audit and the event (must be given)' } },
  examples: [['orders cancel 0199c0de-0000-7000-8000-000000000001 --reason "its payment was never an event"', 'end it']],
  async run({ words: [word = ''], values: { reason } }, ops) {
    if (!reason) throw misuse('say why: --reason "its payment was never an event"')
    const orderId = await orderIdOf(word, ops)
    const answer = await ops.ask.post<{ status: string }>('orders', `/admin/orders/${orderId}/cancel`, { reason })
    return { json: answer, text: `order ${orderId} is ${answer.status}; follow it: ops orders show ${orderId}` }
  },
})
